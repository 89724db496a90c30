"""Forms that an ONNX file takes after its export: without its weights, quantised, optimised."""

import os
import tempfile

import numpy
import onnx

# smaller constants are shapes, axes and scales, which a file keeps
MIN_WEIGHTS = 17


def weights(model):
    """The initialisers that hold learned numbers."""
    for tensor in model.graph.initializer:
        if numpy.prod(tensor.dims, dtype=numpy.int64) >= MIN_WEIGHTS and tensor.data_type != onnx.TensorProto.INT64:
            yield tensor


def bare(model):
    """Weights keep their shapes and lose their numbers."""
    for tensor in weights(model):
        clear(tensor)


def external(model):
    """Weights stand in a file beside this one, which is not there."""
    offset = 0
    for tensor in weights(model):
        length = int(numpy.prod(tensor.dims, dtype=numpy.int64)) * 4
        clear(tensor)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        offset += length


def clear(tensor):
    for field in ("raw_data", "float_data", "int32_data", "double_data", "external_data"):
        tensor.ClearField(field)
    tensor.ClearField("data_location")


def without_trails(model):
    """Drops what names the machine and the lines of code that made a file."""
    model.ClearField("metadata_props")
    graphs = [model.graph, *model.functions]
    while graphs:
        graph = graphs.pop()
        graph.ClearField("metadata_props")
        for node in graph.node:
            node.ClearField("metadata_props")
            node.ClearField("doc_string")
            graphs += [a.g for a in node.attribute if a.type == onnx.AttributeProto.GRAPH]
    model.graph.ClearField("doc_string")
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer]:
        value.ClearField("metadata_props")
        value.ClearField("doc_string")


def optimised(model):
    """What ONNX Runtime makes of a model for this processor, com.microsoft operators and all."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "optimised.onnx")
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.optimized_model_filepath = path
        options.intra_op_num_threads = 1
        onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        return onnx.load(path)


def half(model):
    """All numbers as 16-bit floats."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    return convert_float_to_float16(model, keep_io_types=False, disable_shape_infer=True)


def quantised(model, form, side):
    """8-bit weights: with `qdq` or `qlinear` activations too, `dynamic` at run time."""
    from onnxruntime import quantization as q

    class Noise(q.CalibrationDataReader):
        def __init__(self):
            draws = numpy.random.default_rng(0)
            name = model.graph.input[0].name
            self.left = [{name: draws.normal(size=(1, 3, side, side)).astype(numpy.float32)}]

        def get_next(self):
            return self.left.pop() if self.left else None

    with tempfile.TemporaryDirectory() as folder:
        source, target = (os.path.join(folder, name) for name in ("a.onnx", "b.onnx"))
        onnx.save(model, source)
        if form == "dynamic":
            q.quantize_dynamic(source, target)
        else:
            layout = q.QuantFormat.QDQ if form == "qdq" else q.QuantFormat.QOperator
            q.quantize_static(source, target, Noise(), quant_format=layout)
        return onnx.load(target)
