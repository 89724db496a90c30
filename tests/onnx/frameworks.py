#!/usr/bin/env python3
"""Exports networks of TensorFlow and Paddle to ONNX without their weights, as export.py does for PyTorch.

    pip install tensorflow tf_keras tf2onnx onnx    # an environment of its own
    tests/onnx/frameworks.py tensorflow DIR
    pip install paddlepaddle paddle2onnx onnx       # another one
    tests/onnx/frameworks.py paddle DIR

`DIR/expected-FRAMEWORK.json` has the form of export.py's. Parameters are those that the framework
calls trainable; it counts no multiply-adds, so there are none.
"""

import json
import math
import os
import sys
import tempfile

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy
import onnx

import forms

TENSORFLOW = [
    ("MobileNetV2", 13), ("MobileNetV3Small", 15), ("EfficientNetB0", 13), ("ResNet50V2", 11), ("DenseNet121", 17),
    ("MobileNet", 12), ("EfficientNetV2B0", 18), ("NASNetMobile", 13), ("Xception", 14), ("InceptionV3", 13),
]
PADDLE = [
    ("mobilenet_v2", 11), ("resnet18", 13), ("squeezenet1_1", 12), ("mobilenet_v3_small", 14), ("mobilenet_v1", 9),
    ("shufflenet_v2_x0_25", 15), ("vgg11", 13), ("googlenet", 13), ("densenet121", 16), ("resnext50_32x4d", 17),
]


def tensorflow(name, opset):
    import tensorflow as tf
    import tf2onnx
    import tf_keras

    model = getattr(tf_keras.applications, name)(weights=None)
    draws = numpy.random.default_rng(0)
    for weight in model.weights:
        # zeros vanish in an export, and equal tensors are joined; variances are positive
        weight.assign(draws.uniform(0.5, 1.5, weight.shape))
    side = model.input_shape[1] or 224
    signature = [tf.TensorSpec((1, side, side, 3), tf.float32, name="image")]
    exported, _ = tf2onnx.convert.from_keras(model, signature, opset=opset)
    params = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    return exported, side, params


def paddle(name, opset):
    import paddle as framework

    model = getattr(framework.vision.models, name)(pretrained=False)
    model.eval()
    side = 224
    spec = [framework.static.InputSpec([1, 3, side, side], "float32", "image")]
    with tempfile.TemporaryDirectory() as folder:
        framework.onnx.export(model, os.path.join(folder, "a"), input_spec=spec, opset_version=opset)
        exported = onnx.load(os.path.join(folder, "a.onnx"))
    # moving statistics are parameters for Paddle, but nothing trains them
    params = sum(math.prod(p.shape) for p in model.parameters() if not p.stop_gradient)
    return exported, side, params


def main(framework, folder):
    make, networks = {"tensorflow": (tensorflow, TENSORFLOW), "paddle": (paddle, PADDLE)}[framework]
    os.makedirs(folder, exist_ok=True)
    record = os.path.join(folder, f"expected-{framework}.json")
    expected = {"files": {}, "failed": {}}
    if os.path.exists(record):
        with open(record) as file:
            expected = json.load(file)
    for name, opset in networks:
        file = f"{name}-{framework}-{opset}-bare.onnx"
        if file in expected["failed"] or file in expected["files"]:
            continue
        try:
            model, side, params = make(name, opset)
            forms.bare(model)
            forms.without_trails(model)
            onnx.save(model, os.path.join(folder, file))
        except Exception as error:  # noqa: BLE001: whatever an exporter raises is recorded
            expected["failed"][file] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            print("failed", file, expected["failed"][file], flush=True)
        else:
            entry = {"network": name, "side": side, "exporter": framework, "opset": opset, "weights": "bare"}
            expected["files"][file] = entry | {"params": params}
            print("made", file, params, flush=True)
        with open(record, "w") as out:
            json.dump(expected, out, indent=1)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("tensorflow", "paddle"):
        sys.exit("usage: frameworks.py tensorflow|paddle DIR")
    main(*sys.argv[1:])
