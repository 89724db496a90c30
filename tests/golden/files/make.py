"""Writes the small ONNX files beside it: `python make.py`, with PyPI's onnx and numpy.

Both leave the size of their image open; what they are for stands at each function.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

FOLDER = Path(__file__).parent
IMAGE = ["batch", 3, "height", "width"]


def weight(name: str, *shape: int):
    """A tensor of zeros: what the weights are does not matter to a graph."""
    return numpy_helper.from_array(np.zeros(shape, np.float32), name)


def norm(name: str, x: str, channels: int):
    """A batch norm of `x`, with its four tensors."""
    parts = [f"{name}.{part}" for part in ("scale", "bias", "mean", "var")]
    node = helper.make_node("BatchNormalization", [x, *parts], [name], name=name)
    return [node], [weight(part, channels) for part in parts]


def conv(name: str, x: str, inputs: int, channels: int, stride: int):
    """A 3x3 convolution of `x`, its batch norm and a ReLU, which is called `name`."""
    kernel = weight(f"{name}.kernel", channels, inputs, 3, 3)
    attributes = {"kernel_shape": [3, 3], "pads": [1] * 4, "strides": [stride] * 2}
    node = helper.make_node("Conv", [x, kernel.name], [f"{name}.conv"], name=f"{name}.conv", **attributes)
    norms, parts = norm(f"{name}.norm", f"{name}.conv", channels)
    relu = helper.make_node("Relu", [f"{name}.norm"], [name], name=name)
    return [node, *norms, relu], [kernel, *parts]


def write(name: str, layers: list, classes: int):
    """Saves the network of `layers`, whose last one gives `logits`."""
    nodes = [node for layer, _ in layers for node in layer]
    weights = [tensor for _, tensors in layers for tensor in tensors]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, IMAGE)
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])
    graph = helper.make_graph(nodes, name, [image], [logits], weights)
    opsets = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), FOLDER / f"{name}.onnx")


def residual():
    """Any size will do: three convolutions, the third added to the first."""
    add = helper.make_node("Add", ["c", "a"], ["sum"], name="add")
    mean = helper.make_node("GlobalAveragePool", ["sum"], ["mean"], name="mean")
    flat = helper.make_node("Flatten", ["mean"], ["flat"], name="flat")
    head = helper.make_node("Gemm", ["flat", "head.kernel", "head.bias"], ["logits"], name="head")
    top = [add, mean, flat, head], [weight("head.kernel", 8, 10), weight("head.bias", 10)]
    layers = [conv("a", "image", 3, 8, 1), conv("b", "a", 8, 8, 1), conv("c", "b", 8, 8, 1), top]
    write("residual", layers, 10)


def flattened():
    """Only 16 x 16 will do, which the file does not say: its linear layer reads 8 x 8 pixels."""
    flat = helper.make_node("Flatten", ["b"], ["flat"], name="flat")
    head = helper.make_node("Gemm", ["flat", "head.kernel"], ["logits"], name="head")
    top = [flat, head], [weight("head.kernel", 4 * 8 * 8, 10)]
    write("flattened", [conv("a", "image", 3, 4, 1), conv("b", "a", 4, 4, 2), top], 10)


residual()
flattened()
