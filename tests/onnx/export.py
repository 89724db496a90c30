#!/usr/bin/env python3
"""Exports networks to ONNX without their weights and counts them in PyTorch: the reader's fixtures.

    pip install torch torchvision timm onnx onnxscript onnxruntime
    OMP_NUM_THREADS=1 tests/onnx/export.py DIR

A file that is in DIR already is not made again, so a run may be broken off. `DIR/expected.json`
holds for each file the network, how it was made, and what PyTorch counts: `params`, `macs` of
convolutions and dense layers, `macs_product` of products of two activations. What can't be made
here (an opset too old for a network, a package that is not installed) stands under `failed`.
choose.py copies some of the files beside the tests.
"""

import json
import os
import sys
import tempfile
import warnings

import onnx
import torch

import count
import forms
import networks

TORCHSCRIPT_OPSETS = [17, 13, 11, 16, 14, 12, 18, 15, 20]
DYNAMO_OPSETS = [18, 20, 21, 22, 23]
# a small one of each kind is made in every way
EVERY_OPSET = ["resnet18", "mobilenet_v2", "vit_tiny_patch16_224", "nb201_0"]
ALL_TORCHSCRIPT_OPSETS = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
REFORMED = ["squeezenet1_1", "resnet18", "mobilenet_v2", "mobilenet_v3_small", "vit_tiny_patch16_224", "nb201_0"]
REFORMS = ["optimised", "half", "qdq", "qlinear", "dynamic"]


def randomised(module):
    """`module` with different numbers everywhere: exporters join weights that are equal."""
    draws = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.normal_(0.0, 0.02, generator=draws)
        for name, tensor in module.named_buffers():
            if name.endswith("running_mean"):
                tensor.normal_(0.0, 0.1, generator=draws)
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5, generator=draws)
    return module.eval()


def torchscript(module, side, opset, is_folded, has_weights=False, has_free_batch=False):
    modes = torch.onnx.TrainingMode
    settings = {"dynamic_axes": {"input": {0: "batch"}}} if has_free_batch else {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.onnx")
        torch.onnx.export(
            module, (torch.zeros(1, 3, side, side),), path, dynamo=False, opset_version=opset,
            export_params=has_weights, do_constant_folding=is_folded, input_names=["input"],
            training=modes.EVAL if is_folded else modes.PRESERVE, **settings,
        )
        return onnx.load(path)


def dynamo(module, side, opset, has_free_batch=False):
    settings = {"dynamic_shapes": ({0: torch.export.Dim("batch")},)} if has_free_batch else {}
    program = torch.onnx.export(
        module, (torch.zeros(1 + has_free_batch, 3, side, side),), dynamo=True, opset_version=opset,
        verbose=False, **settings,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.onnx")
        program.save(path)
        return onnx.load(path)


def plans(idx, name):
    """How the network `name` is exported, the most valuable way first."""
    opset, newest = TORCHSCRIPT_OPSETS[idx % 9], DYNAMO_OPSETS[idx % 5]
    found = [{"exporter": "torchscript", "opset": opset, "weights": "inputs", "folded": idx % 3 != 2}]
    found.append({"exporter": "dynamo", "opset": newest, "weights": ("bare", "external")[idx % 2]})
    if name in EVERY_OPSET:
        for opset in ALL_TORCHSCRIPT_OPSETS:
            for is_folded in (True, False):
                found.append({"exporter": "torchscript", "opset": opset, "weights": "inputs", "folded": is_folded})
        found += [{"exporter": "dynamo", "opset": opset, "weights": "bare"} for opset in DYNAMO_OPSETS]
        for weights in ("bare", "external"):
            found.append({"exporter": "torchscript", "opset": 17, "weights": weights, "folded": True})
        found.append({"exporter": "torchscript", "opset": 17, "weights": "bare", "folded": True, "batch": "free"})
        found.append({"exporter": "dynamo", "opset": 18, "weights": "bare", "batch": "free"})
    if name in REFORMED:
        for reform in REFORMS:
            found.append({"exporter": "torchscript", "opset": 17, "weights": "bare", "folded": True, "reform": reform})
    return found


def file_name(name, plan):
    parts = [name, plan["exporter"], str(plan["opset"]), plan["weights"]]
    parts += [] if plan.get("folded", True) else ["unfolded"]
    parts += [f"{plan['batch']}batch"] if "batch" in plan else []
    parts += [plan["reform"]] if "reform" in plan else []
    return "-".join(parts) + ".onnx"


def make(module, side, plan):
    free = "batch" in plan
    if plan["exporter"] == "dynamo":
        model = dynamo(module, side, plan["opset"], free)
    else:
        has_weights = plan["weights"] != "inputs"
        model = torchscript(module, side, plan["opset"], plan["folded"], has_weights, free)
    match plan.get("reform"):
        case None:
            pass
        case "optimised":
            model = forms.optimised(model)
        case "half":
            model = forms.half(model)
        case form:
            model = forms.quantised(model, form, side)
    match plan["weights"]:
        case "bare":
            forms.bare(model)
        case "external":
            forms.external(model)
    forms.without_trails(model)
    return model


def main(folder):
    os.makedirs(folder, exist_ok=True)
    record = os.path.join(folder, "expected.json")
    expected = {"files": {}, "failed": {}}
    if os.path.exists(record):
        with open(record) as file:
            expected = json.load(file)
    listed = networks.all_networks()
    work = [(rank, idx, plan) for idx, (name, *_) in enumerate(listed) for rank, plan in enumerate(plans(idx, name))]
    # one export of each network first, then the second of each, then the rest
    work.sort(key=lambda item: (min(item[0], 2), item[1], item[0]))
    for _, idx, plan in work:
        name, make_module, side, text = listed[idx]
        file = file_name(name, plan)
        path = os.path.join(folder, file)
        if file in expected["failed"] or (file in expected["files"] and os.path.exists(path)):
            continue
        try:
            module = randomised(make_module())
            counted = count.count(module, (side, side))
            onnx.save(make(module, side, plan), path)
        except Exception as error:  # noqa: BLE001: whatever an exporter raises is recorded
            reason = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
            expected["failed"][file] = reason[:200]
            print("failed", file, reason[:200], flush=True)
        else:
            entry = {"network": name, "side": side, **plan, **counted}
            if text:
                entry |= dict(zip(("family", "variant", "text"), text))
            expected["files"][file] = entry
            print("made", file, counted, os.path.getsize(path), flush=True)
        with open(record + ".new", "w") as out:
            json.dump(expected, out, indent=1)
        os.replace(record + ".new", record)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: export.py DIR")
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    main(sys.argv[1])
