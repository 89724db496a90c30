//! Models written by hand in the form of Keras 2, and broken ones.

use super::*;
use crate::format::parse_sized;
use crate::graph::{ComputeGraph, Cost};

fn graph(text: &str) -> (ComputeGraph, Vec<Note>) {
    let read = read(text, None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let Parsed::Graph { graph, notes } = read else { unreachable!("a Keras model is a graph") };
    (graph, notes)
}

fn ops(graph: &ComputeGraph) -> Vec<&'static str> {
    graph.nodes().map(|node| node.op.name()).collect()
}

/// A Functional model of layers, in the form of Keras 2.
fn functional(layers: &str, output: &str) -> String {
    let input = r#"{"class_name": "InputLayer", "name": "image",
        "config": {"batch_input_shape": [null, 32, 32, 3]}, "inbound_nodes": []}"#;
    format!(
        r#"{{"class_name": "Functional", "keras_version": "2.15.0", "config": {{"name": "net",
        "layers": [{input}, {layers}], "input_layers": [["image", 0, 0]],
        "output_layers": [["{output}", 0, 0]]}}}}"#
    )
}

fn layer(name: &str, class: &str, config: &str, reads: &str) -> String {
    format!(
        r#"{{"class_name": "{class}", "name": "{name}", "config": {{{config}}},
        "inbound_nodes": [[["{reads}", 0, 0, {{}}]]]}}"#
    )
}

#[test]
fn layers_have_the_params_and_sizes_that_keras_gives_them() {
    struct Case {
        class: &'static str,
        config: &'static str,
        op: &'static str,
        params: u64,
        /// Height, width, channels.
        output: [u32; 3],
    }
    let case = |class, config, op, params, output| Case { class, config, op, params, output };
    // keras.layers.<class>(...) built on (None, 32, 32, 3): count_params() less moving statistics,
    // and compute_output_shape; Keras 3.15
    let cases = [
        case("Conv2D", r#""filters": 8, "kernel_size": [3, 5]"#, "conv", 368, [30, 28, 8]),
        case(
            "Conv2D",
            r#""filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": false"#,
            "conv",
            216,
            [16, 16, 8],
        ),
        case(
            "Conv2D",
            r#""filters": 6, "kernel_size": 3, "groups": 3, "dilation_rate": [2, 2]"#,
            "groupconv",
            60,
            [28, 28, 6],
        ),
        case("DepthwiseConv2D", r#""kernel_size": [3, 3]"#, "depthwise", 30, [30, 30, 3]),
        case(
            "DepthwiseConv2D",
            r#""kernel_size": 3, "depth_multiplier": 2"#,
            "groupconv",
            60,
            [30, 30, 6],
        ),
        case(
            "Conv2DTranspose",
            r#""filters": 8, "kernel_size": 4, "strides": 2, "padding": "same""#,
            "convtranspose",
            392,
            [64, 64, 8],
        ),
        case(
            "Conv2DTranspose",
            r#""filters": 8, "kernel_size": 3, "strides": 2"#,
            "convtranspose",
            224,
            [65, 65, 8],
        ),
        case("Dense", r#""units": 5"#, "linear", 20, [32, 32, 5]),
        case("BatchNormalization", r#""axis": [3]"#, "batchnorm", 6, [32, 32, 3]),
        case("BatchNormalization", r#""axis": -1, "scale": false"#, "batchnorm", 3, [32, 32, 3]),
        case("LayerNormalization", r#""axis": [2, 3]"#, "layernorm", 192, [32, 32, 3]),
        case("RMSNormalization", "", "layernorm", 3, [32, 32, 3]),
        case("GroupNormalization", r#""groups": 3"#, "groupnorm", 6, [32, 32, 3]),
        case("UnitNormalization", r#""axis": -1"#, "groupnorm", 0, [32, 32, 3]),
        case("ReLU", r#""max_value": 6.0"#, "relu6", 0, [32, 32, 3]),
        case("PReLU", r#""shared_axes": [1, 2]"#, "leakyrelu", 3, [32, 32, 3]),
        case("PReLU", "", "leakyrelu", 3_072, [32, 32, 3]),
        case("Activation", r#""activation": "hard_silu""#, "hswish", 0, [32, 32, 3]),
        case(
            "MaxPooling2D",
            r#""pool_size": [3, 3], "strides": [2, 2], "padding": "valid""#,
            "maxpool",
            0,
            [15, 15, 3],
        ),
        case("AveragePooling2D", r#""pool_size": 2, "strides": null"#, "avgpool", 0, [16, 16, 3]),
        case("AveragePooling2D", r#""pool_size": 32"#, "globalavgpool", 0, [1, 1, 3]),
        case("GlobalMaxPooling2D", r#""keepdims": true"#, "globalmaxpool", 0, [1, 1, 3]),
        case("UpSampling2D", r#""size": [2, 3]"#, "upsample", 0, [64, 96, 3]),
        case("Resizing", r#""height": 20, "width": 24"#, "upsample", 0, [20, 24, 3]),
    ];
    for Case { class, config, op, params, output: [h, w, c] } in cases {
        let text = functional(&layer("only", class, config, "image"), "only");
        let (graph, notes) = graph(&text);
        assert_eq!(ops(&graph), ["input", op, "output"], "{class} {config}");
        assert_eq!(graph.cost().params, params, "{class} {config}");
        let shape = graph.node(1).output;
        assert_eq!([shape.h, shape.w, shape.c], [h, w, c], "{class} {config}");
        assert_eq!(graph.node(1).name, "only");
        assert_eq!(notes, []);
    }
}

#[test]
fn what_only_moves_numbers_has_no_node_and_padding_folds() {
    let layers = [
        layer("pad", "ZeroPadding2D", r#""padding": [[0, 1], [0, 1]]"#, "image"),
        layer("conv", "Conv2D", r#""filters": 8, "kernel_size": 3, "strides": 2"#, "pad"),
        layer("drop", "Dropout", r#""rate": 0.5"#, "conv"),
        layer("crop", "Cropping2D", r#""cropping": [[1, 1], [1, 1]]"#, "drop"),
        layer("turn", "Permute", r#""dims": [2, 1, 3]"#, "crop"),
        layer("shape", "Reshape", r#""target_shape": [4, -1]"#, "turn"),
        layer("flat", "Flatten", "", "shape"),
        layer("dense", "Dense", r#""units": 10, "activation": "softmax""#, "flat"),
    ];
    let (graph, _) = graph(&functional(&layers.join(","), "dense"));
    assert_eq!(ops(&graph), ["input", "conv", "linear", "output"]);
    // by hand: 27 * 8 + 8; 14 * 14 * 8 * 10 + 10
    assert_eq!(graph.cost().params, 224 + 15_690);
    let conv = graph.node(1);
    assert_eq!((conv.input.h, conv.output.h), (32, 16));
}

#[test]
fn a_layer_that_is_called_twice_pays_its_weights_once() {
    let layers = r#"
        {"class_name": "Conv2D", "name": "shared", "config": {"filters": 3, "kernel_size": 1},
         "inbound_nodes": [[["image", 0, 0, {}]], [["shared", 0, 0, {}]]]},
        {"class_name": "BatchNormalization", "name": "norm", "config": {"axis": [3]},
         "inbound_nodes": [[["shared", 1, 0, {}]], [["norm", 0, 0, {}]]]},
        {"class_name": "Add", "name": "sum", "config": {},
         "inbound_nodes": [[["norm", 1, 0, {}], ["image", 0, 0, {}]]]}"#;
    let (graph, _) = graph(&functional(layers, "sum"));
    assert_eq!(ops(&graph), ["input", "conv", "conv", "batchnorm", "batchnorm", "add", "output"]);
    assert_eq!(graph.cost(), Cost { params: 12 + 6, macs: 2 * 9 * 1_024 });
}

#[test]
fn functions_between_layers_are_known_by_name() {
    // MobileNetV3 of Keras 2: a gate, then h-swish spelled out
    let call = |name: &str, function: &str, reads: &str, kwargs: &str| {
        format!(
            r#"{{"class_name": "TFOpLambda", "name": "{name}",
            "config": {{"name": "{name}", "function": "{function}"}},
            "inbound_nodes": [["{reads}", 0, 0, {kwargs}]]}}"#
        )
    };
    let layers = [
        call("mean", "math.reduce_mean", "image", r#"{"axis": [1, 2], "keepdims": true}"#),
        call("plus", "__operators__.add", "mean", r#"{"y": 3.0, "name": null}"#),
        layer("clip", "ReLU", r#""max_value": 6.0"#, "plus"),
        call("gate", "math.multiply", "clip", r#"{"y": 0.16666666666666666}"#),
        call("gated", "math.multiply", "image", r#"{"y": ["gate", 0, 0]}"#),
        layer("conv", "Conv2D", r#""filters": 4, "kernel_size": 1"#, "gated"),
        call("plus_2", "__operators__.add", "conv", r#"{"y": 3.0}"#),
        layer("clip_2", "ReLU", r#""max_value": 6.0"#, "plus_2"),
        call("sixth", "math.multiply", "clip_2", r#"{"y": 0.16666666666666666}"#),
        r#"{"class_name": "Multiply", "name": "swish", "config": {},
            "inbound_nodes": [[["conv", 0, 0, {}], ["sixth", 0, 0, {}]]]}"#
            .to_owned(),
    ];
    let (graph, notes) = graph(&functional(&layers.join(","), "swish"));
    let expected = ["input", "globalavgpool", "hsigmoid", "mul", "conv", "hswish", "output"];
    assert_eq!(ops(&graph), expected);
    assert_eq!(notes, []);
}

#[test]
fn sequential_models_and_models_in_models_are_chains() {
    let base =
        functional(&layer("conv", "Conv2D", r#""filters": 4, "kernel_size": 1"#, "image"), "conv");
    let base = base.replacen("\"class_name\"", "\"name\": \"base\", \"class_name\"", 1);
    let dense = r#"{"class_name": "Dense", "config": {"name": "dense", "units": 2}}"#;
    let pool = r#"{"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}}"#;
    let first = r#"{"class_name": "Conv2D", "config": {"name": "conv", "filters": 4,
        "kernel_size": 1, "batch_input_shape": [null, 32, 32, 3]}}"#;
    let nested = format!(
        r#"{{"class_name": "Sequential", "config": {{"name": "s", "layers": [{base}, {pool}, {dense}]}}}}"#
    );
    let bare = format!(r#"{{"class_name": "Sequential", "config": [{first}, {pool}, {dense}]}}"#);
    let hashes = [nested, bare].map(|text| {
        let (graph, _) = graph(&text);
        assert_eq!(ops(&graph), ["input", "conv", "globalavgpool", "linear", "output"]);
        graph.structural_hash()
    });
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn sizes_that_are_open_are_assumed_and_said() {
    let open = |units: u32| {
        format!(
            r#"{{"class_name": "Sequential", "config": {{"name": "s", "layers": [
            {{"class_name": "InputLayer", "config": {{"batch_shape": [null, null, null, 3]}}}},
            {{"class_name": "GlobalMaxPooling2D", "config": {{}}}},
            {{"class_name": "Dense", "config": {{"units": {units}}}}}]}}}}"#
        )
    };
    for (units, side) in [(1_000, 224), (101, 224), (100, 32)] {
        let (graph, notes) = graph(&open(units));
        assert_eq!(graph.input_shape().h, side, "{units}");
        let [Note { kind: NoteKind::ImageSize, message }] = &notes[..] else { panic!("{notes:?}") };
        assert!(message.contains(&format!("{side} x {side} is assumed")), "{message}");
    }
}

#[test]
fn a_size_that_the_caller_says_fills_what_is_open() {
    let model = |shape: &str| {
        format!(
            r#"{{"class_name": "Sequential", "config": {{"layers": [
            {{"class_name": "InputLayer", "config": {{"batch_shape": {shape}}}}},
            {{"class_name": "ReLU", "config": {{}}}}]}}}}"#
        )
    };
    let cases = [
        ("[null, null, null, 3]", [192, 256], 0),
        ("[null, 64, null, 3]", [64, 256], 0),
        ("[null, 64, 48, 3]", [64, 48], 1),
    ];
    for (shape, [h, w], n_notes) in cases {
        let read = parse_sized(&model(shape), Some([192, 256])).unwrap();
        let Parsed::Graph { graph, notes } = read else { unreachable!("a graph") };
        assert_eq!(graph.input_shape(), crate::graph::Shape::new(h, w, 3), "{shape}");
        assert_eq!(notes.len(), n_notes, "{notes:?}");
    }
}

#[test]
fn of_several_outputs_the_deepest_is_kept() {
    let layers = [
        layer("early", "Conv2D", r#""filters": 4, "kernel_size": 1"#, "image"),
        layer("late", "ReLU", "", "early"),
    ];
    let text = functional(&layers.join(","), "early")
        .replace(r#"[["early", 0, 0]]"#, r#"[["early", 0, 0], ["late", 0, 0]]"#);
    let (graph, notes) = graph(&text);
    assert_eq!(ops(&graph), ["input", "conv", "relu", "output"]);
    assert_eq!(
        notes[0].message,
        "of several outputs, `late` depends on most layers; `early` left out"
    );
}

#[test]
fn unknown_layers_are_noted_and_too_many_refused() {
    let relus = (0..9).map(|idx| {
        let reads = if idx == 0 { "odd".to_owned() } else { format!("r{}", idx - 1) };
        layer(&format!("r{idx}"), "Conv2D", r#""filters": 3, "kernel_size": 1"#, &reads)
    });
    let odd = layer("odd", "Lambda", "", "image");
    let layers: Vec<String> = std::iter::once(odd.clone()).chain(relus).collect();
    let (graph, notes) = graph(&functional(&layers.join(","), "r8"));
    assert_eq!(graph.node(1).op.name(), "unknown");
    assert_eq!(notes[0].kind, NoteKind::Unknown);
    let error = read(&functional(&odd, "odd"), None).expect_err("half unknown");
    assert!(
        error.message().starts_with("1 of 2 calls are of layers that are not known: `Lambda` (1)")
    );
}

#[test]
fn broken_models_name_the_layer_and_the_way_out() {
    let conv = |config: &str| functional(&layer("c1", "Conv2D", config, "image"), "c1");
    let cases = [
        (
            "{\"class_name\": \"Functional\", \"config\": {",
            ErrorKind::Syntax,
            "no Keras model: EOF",
        ),
        (
            r#"{"class_name": "Dense", "config": {}}"#,
            ErrorKind::InvalidGraph,
            "the class is `Dense`; expected Functional, Model or Sequential",
        ),
        (
            r#"{"class_name": "Model", "config": {"layers": []}}"#,
            ErrorKind::InvalidGraph,
            "the model has no \"layers\"",
        ),
        (
            r#"{"class_name": "Sequential", "config": {"layers": [
                {"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}"#,
            ErrorKind::InvalidGraph,
            "the model does not say what layer `d` reads",
        ),
        (
            &conv(r#""filters": 4"#),
            ErrorKind::InvalidGraph,
            "layer `c1` (Conv2D): \"kernel_size\" is missing; expected 2 whole numbers",
        ),
        (
            &conv(r#""filters": 4, "kernel_size": [3, "x"]"#),
            ErrorKind::InvalidGraph,
            "layer `c1` (Conv2D): \"kernel_size\" is `[3,\"x\"]`",
        ),
        (
            &conv(r#""filters": 4, "kernel_size": 33"#),
            ErrorKind::InvalidGraph,
            "layer `c1` (Conv2D): a window of 33 x 33 does not fit 1 x 32 x 32 x 3",
        ),
        (
            &conv(r#""filters": 4, "kernel_size": 3, "groups": 2"#),
            ErrorKind::InvalidGraph,
            "layer `c1` (Conv2D): 2 groups divide neither 3 nor 4 channels",
        ),
        (&conv(r#""filters": 4294967295, "kernel_size": 1"#), ErrorKind::InvalidGraph, ""),
        (
            &functional(&layer("a", "ReLU", "", "b"), "a"),
            ErrorKind::InvalidGraph,
            "layer `a`: a tensor comes from `b`, which is no layer of the model",
        ),
        (
            &functional(&layer("a", "ReLU", "", "a"), "a"),
            ErrorKind::InvalidGraph,
            "layer `a` reads what depends on itself",
        ),
        (
            &functional(&layer("a", "ReLU", "", "image"), "a")
                .replace("[[\"a\", 0, 0]]", "[[\"a\", 7, 0]]"),
            ErrorKind::InvalidGraph,
            "result 0 of call 7 of layer `a` is read, but not there",
        ),
        (
            &functional(
                &layer(
                    "a",
                    "Embedding",
                    r#""input_dim": 4294967295, "output_dim": 4294967295"#,
                    "image",
                ),
                "a",
            ),
            ErrorKind::InvalidGraph,
            "",
        ),
    ];
    for (text, kind, beginning) in cases {
        let error = read(text, None).expect_err(text);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().starts_with(beginning), "{error}");
    }
}

#[test]
fn limits_are_errors() {
    let error = read(&" ".repeat(MAX_BYTES + 1), None).expect_err("large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    // models in models, each called by the next one ten times
    let mut text = functional(&layer("a", "ReLU", "", "image"), "a");
    for _ in 0..7 {
        let inner = text.replacen('{', "{\"name\": \"m\", ", 1);
        let calls = (0..10).map(|idx| match idx {
            0 => r#"[["image", 0, 0, {}]]"#.to_owned(),
            _ => format!(r#"[["m", {}, 0, {{}}]]"#, idx - 1),
        });
        let calls = calls.collect::<Vec<_>>().join(",");
        let inner = format!("{}, \"inbound_nodes\": [{calls}]}}", &inner[..inner.len() - 1]);
        text = functional(&inner, "m").replace(r#"[["m", 0, 0]]"#, r#"[["m", 9, 0]]"#);
    }
    let error = read(&text, None).expect_err("10^7 calls");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.message().ends_with("more than 200000 calls of layers"), "{error}");
    let deep = format!("{}{}", r#"{"class_name":"Model","config":"#, "[".repeat(100_000));
    assert_eq!(read(&deep, None).expect_err("deep").kind(), ErrorKind::Syntax);
}
