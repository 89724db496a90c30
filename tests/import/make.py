#!/usr/bin/env python3
"""Writes small files in the exact layout of the published benchmarks, with invented numbers.

Python's standard library alone writes them, but for two numpy scalars, which are spelt as numpy spells
them. The files stand beside this script; run it again to get the same bytes.

    python3 tests/import/make.py
"""

import base64
import bz2
import collections
import json
import os
import pickle
import struct
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, content):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


# -- NAS-Bench-101: TFRecord of JSON with a protobuf inside


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def frame(payload):
    def masked(data):
        crc = crc32c(data)
        return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)

    length = struct.pack("<Q", len(payload))
    return length + masked(length) + payload + masked(payload)


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def double(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def data(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def metrics(epochs, params, test):
    """ModelMetrics: evaluations before training, half-way and at the end."""
    out = b""
    for share, accuracy in ((0.0, 0.1), (0.5, test / 2), (1.0, test)):
        evaluation = double(1, share * epochs) + double(2, share * 900.0) + double(3, accuracy)
        evaluation += double(4, accuracy) + double(5, accuracy) + data(6, b"gs://model.ckpt")
        out += data(1, evaluation)
    return out + varint(2 << 3) + varint(params) + double(3, 1800.0)


def nasbench101():
    conv, pool = "conv3x3-bn-relu", "maxpool3x3"
    cells = [
        ("00005c142e6f48ac74fdcf73e3439874", "0100001000010000", f"input,{conv},{pool},output", 1, 0.9),
        ("0000e1a2b3c4d5e6f708192a3b4c5d6e", "011001000", f"input,{conv},output", 2, 0.93),
        ("ffff0000000000000000000000000001", "0100", "input,output", 3, 0.8),
    ]
    rows = []
    for run in range(3):
        for hash_, matrix, ops, number, accuracy in cells:
            for epochs in (36, 108):
                value = accuracy + run * 0.001 - (0.2 if epochs == 36 else 0.0)
                # the published counts of the second and third cell; the first is invented
                params = {1: 1234567, 2: 11051402, 3: 882570}[number]
                raw = base64.b64encode(metrics(epochs, params, value)).decode()
                rows.append(json.dumps([hash_, epochs, matrix, ops, raw]).encode())
    write("nasbench101.tfrecord", b"".join(frame(row) for row in rows))


# -- NATS-Bench: bzip2'd pickles

NAMES = {"cifar10-valid": 10, "cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}


class Scalar:
    """Pickles as numpy.float64(value) does."""

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return SCALAR, (DTYPE, struct.pack("<d", self.value))


class Dtype:
    def __reduce__(self):
        return DTYPE_CLASS, ("f8", False, True), (3, "<", None, None, None, -1, -1, 0)


def function(module, name):
    """Something that pickles as the name of a function in a module that need not be installed."""
    found = sys.modules.get(module)
    if found is None:
        for end in range(1, module.count(".") + 2):
            part = ".".join(module.split(".")[:end])
            sys.modules.setdefault(part, types.ModuleType(part))
        found = sys.modules[module]
    made = type(name, (), {"__module__": module, "__qualname__": name})
    setattr(found, name, made)
    return made


SCALAR = function("numpy.core.multiarray", "scalar")
DTYPE_CLASS = function("numpy", "dtype")
DTYPE = Dtype()


def nats_result(name, seed, epochs, text, base, flop, params):
    last = epochs - 1
    tests = ("ori-test",) if name == "cifar10" else ("x-valid", "x-test")
    accuracy = {f"{test}@{last}": Scalar(base + 0.5 * (seed == 888)) for test in tests}
    if name == "cifar10-valid":
        accuracy = {f"x-valid@{last}": Scalar(base)}
    return {
        "name": "infer.tiny", "seed": f"{seed:04d}", "epochs": epochs,
        "params": params, "flop": flop, "latency": [0.02],
        "arch_config": {"channel": 16, "num_cells": 5, "arch_str": text, "class_num": NAMES[name]},
        "train_acc1es": {last: 99.0}, "train_acc5es": {last: 100.0}, "train_losses": {last: 0.1},
        "train_times": {last: 10.5}, "eval_names": list(tests), "eval_acc1es": accuracy,
        "eval_times": {}, "eval_losses": {}, "net_state_dict": None,
    }


def nats():
    archs = {
        11: ("|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
             {"cifar10": (113.95137, 0.802426, 91.0), "cifar10-valid": (113.95137, 0.802426, 88.0),
              "cifar100": (113.95722, 0.808276, 65.0), "ImageNet16-120": (28.49548, 0.809576, 39.0)}),
        284: ("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
              {"cifar10": (7.78305, 0.073306, 10.0)}),
    }
    for number, (text, results) in archs.items():
        info = collections.OrderedDict()
        for hp, epochs in (("12", 12), ("200", 200)):
            seeds = (777, 888) if hp == "200" else (111,)
            info[hp] = {
                "arch_index": number, "arch_str": text,
                "all_results": collections.OrderedDict(
                    ((name, seed), nats_result(name, seed, epochs, text, base, flop, params))
                    for name, (flop, params, base) in results.items() for seed in seeds),
                "dataset_seed": {name: list(seeds) for name in results}, "clear_net_done": True,
            }
        write(f"nats/{number:06d}.pickle.pbz2", bz2.compress(pickle.dumps(info, protocol=4)))
    meta = {"meta_archs": [archs[11][0]], "total_archs": 2, "arch2infos": None,
            "evaluated_indexes": {11, 284}}
    write("nats/meta.pickle.pbz2", bz2.compress(pickle.dumps(meta, protocol=4)))


# -- GENNAPE: graphs in JSON and in pickles


def node(number, op, label, resolution, strides=None, shape=None, metadata=None):
    made = {"str_id": f"{number}|{label}", "op_type_idx": op, "label": label,
            "resolution": resolution, "strides": strides, "metadata": metadata}
    if shape:
        made["shape"] = shape
    return made


def small_graph(name):
    """Input, convolution, relu, mean, classifier, output."""
    return {
        "name": name, "input_shape": [1, 32, 32, 3], "max_hidden_size": 512, "max_kernel_size": 7,
        "max_derived_H": 256, "max_derived_W": 256,
        "edge_pairs": [[2, 0], [0, 3], [3, 4], [4, 1], [1, 5]],
        "weighted_nodes": [
            node(1, 3, "conv2d", [32, 16, 32, 16, 3, 8], [1, 2, 2, 1], [3, 8, 3, 3],
                 {"data_format": "NHWC", "padding": "same", "dilations": [1, 1, 1, 1]}),
            node(4, 8, "matmul", [1, 1, 1, 1, 8, 10], None, [8, 10, 0, 0], {"use_bias": True})],
        "regular_nodes": [
            node(0, 1, "input", [32, 32, 32, 32, 3, 3]),
            node(2, 6, "relu", [16, 16, 16, 16, 8, 8]),
            node(3, 19, "mean", [16, 1, 16, 1, 8, 8]),
            node(5, 2, "output", [1, 1, 1, 1, 10, 10])],
    }


def gennape_json():
    blocks = ["z", "a22", "src1", "r30"]
    networks = {
        f"net-{idx}": {
            "max_perf": 90.5 + idx, "net_config": [f"hiaml_{blocks[(idx + at) % 4]}" for at in range(4)],
            "perfs": [10.0, 90.0], "cg": small_graph(f"HiAMLNet{idx}")}
        for idx in range(3)}
    networks["net-3"] = {"max_perf": 50.0, "net_config": ["hiaml_q"] * 4, "cg": small_graph("bad")}
    write("gennape.json", json.dumps(networks).encode())


GRAPHS = "model_src.comp_graph.tf_comp_graph"


CLASSES = {name: function(GRAPHS, name) for name in ("ComputeGraph", "RegularNode", "WeightedNode")}


def as_object(class_name, state):
    made = CLASSES[class_name]()
    made.__dict__.update(state)
    return made


def gennape_cache():
    genotype = collections.namedtuple("Genotype", "normal normal_concat reduce reduce_concat")
    genotype.__module__ = "search_space.genotypes"
    genotype.__qualname__ = "Genotype"
    holder = types.ModuleType("search_space.genotypes")
    holder.Genotype = genotype
    sys.modules["search_space"] = types.ModuleType("search_space")
    sys.modules["search_space.genotypes"] = holder

    def graph(name):
        state = small_graph(name)
        for key, class_name in (("weighted_nodes", "WeightedNode"), ("regular_nodes", "RegularNode")):
            state[key] = [as_object(class_name, n) for n in state[key]]
        state["n_weighted_nodes"], state["n_regular_nodes"] = 2, 4
        return as_object("ComputeGraph", state)

    pairs = [("sep_conv_3x3", 0), ("sep_conv_3x3", 1)] * 4
    configs = [
        (["input", "conv3x3-bn-relu", "output"], [[0, 1, 1], [0, 0, 1], [0, 0, 0]]),
        (("nor_conv_1x1", "nor_conv_3x3", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "skip_connect"),
         ((0,), (0,), (1,), (0,), (1,), (2, 3))),
        genotype(pairs, range(2, 6), pairs, [2, 3, 4, 5]),
        ["of", "no", "family"],
    ]
    networks = [{"compute graph": graph(f"Net{idx}"), "acc": Scalar(0.9 + idx / 100), "flops": 1.5e9,
                 "n_params": 1e6, "original config": config} for idx, config in enumerate(configs)]
    networks.append({"compute graph": graph("unlabelled"), "original config": configs[0]})
    write("gennape_cache.pkl", pickle.dumps(networks, protocol=4))


def table():
    rows = [
        "name,arch,top1",
        "a,|nor_conv_1x1~0|+|none~0|none~1|+|none~0|none~1|none~2|x,81.5",
        "b,|nor_conv_1x1~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|,83.25",
        'c,"{""matrix"": [[0,1,0],[0,0,1],[0,0,0]],\n ""ops"": [""input"",""maxpool3x3"",""output""]}",70',
        "d,|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|,high",
    ]
    write("table.csv", ("\r\n".join(rows) + "\r\n").encode())


if __name__ == "__main__":
    nasbench101()
    nats()
    gennape_json()
    gennape_cache()
    table()
