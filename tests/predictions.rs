//! What the weights in the repository predict, and what must hold of every prediction.
//!
//! `golden/predictions.json` is also read by the page's and the package's tests: native code and
//! WASM must agree with it. So is `golden/files.json`, for the networks in files. After new weights
//! both are written anew by `GENNAPE_BLESS=1 cargo test --test predictions`.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::io::{Cursor, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use gennape::family::{self, FAMILIES};
use gennape::format::OnnxOptions;
use gennape::format::{self, Parsed, file, finished, input_size};
use gennape::graph::{ComputeGraph, json};
use gennape::inspect::Inspection;
use gennape::model::weights::Weights;
use gennape::predict::{PredictOptions, Prediction, Predictor};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// How closely predictions agree between machines, builds and node orders.
const TOLERANCE: f64 = 1e-5;

static WEIGHTS: &[u8] = include_bytes!("../www/public/weights/gennape.safetensors");

/// Architectures and the targets they are judged for.
const CASES: [(&str, &str); 14] = [
    // NAS-Bench-101: its own example, a wide cell, a residual block, one operation; a foreign target
    (
        r#"{"matrix":[[0,1,1,1,0,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,1,0,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","maxpool3x3","output"]}"#,
        "nb101/cifar10",
    ),
    (
        r#"{"matrix":[[0,1,1,0,0,1,1],[0,0,0,0,0,1,0],[0,0,0,1,0,0,0],[0,0,0,0,1,0,0],[0,0,0,0,0,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","maxpool3x3","conv3x3-bn-relu","output"]}"#,
        "nb101/cifar10",
    ),
    (
        r#"{"matrix":[[0,1,0,1],[0,0,1,0],[0,0,0,1],[0,0,0,0]],"ops":["input","conv3x3-bn-relu","conv3x3-bn-relu","output"]}"#,
        "nb101/cifar10",
    ),
    (
        r#"{"matrix":[[0,1,0],[0,0,1],[0,0,0]],"ops":["input","maxpool3x3","output"]}"#,
        "nb101/cifar10",
    ),
    (
        r#"{"matrix":[[0,1,0],[0,0,1],[0,0,0]],"ops":["input","conv1x1-bn-relu","output"]}"#,
        "nb101/cifar10",
    ),
    (
        r#"{"matrix":[[0,1,0,1],[0,0,1,0],[0,0,0,1],[0,0,0,0]],"ops":["input","conv3x3-bn-relu","conv3x3-bn-relu","output"]}"#,
        "nb201/cifar10",
    ),
    // NAS-Bench-201: the page's cell for its three targets, strong, plain and nearly empty cells
    (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|",
        "nb201/cifar10",
    ),
    (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|",
        "nb201/cifar100",
    ),
    (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|",
        "nb201/imagenet16-120",
    ),
    (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
        "nb201/cifar10",
    ),
    (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
        "nb201/cifar10",
    ),
    (
        "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|",
        "nb201/cifar10",
    ),
    ("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|", "nb201/cifar100"),
    (
        "|avg_pool_3x3~0|+|nor_conv_1x1~0|none~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|",
        "nb101/cifar10",
    ),
];

/// Files below `tests`, packed where they end so, with the size of the image where one is said.
const FILES: [(&str, Option<&str>); 6] = [
    // both leave their image open: golden/files/make.py
    ("golden/files/residual.onnx", None),
    ("golden/files/residual.onnx", Some("48x64")),
    ("golden/files/flattened.onnx", Some("16")),
    // without weights: onnx/export.py
    ("onnx/files/resnet18-torchscript-13-inputs.onnx.gz", None),
    ("onnx/files/mobilenet_v3_small-dynamo-20-external.onnx.gz", None),
    // a text of more than 64 kB: keras/export.py
    ("keras/MobileNetV2.keras3.json.gz", None),
];

/// The bytes of one of [`FILES`], and its name when unpacked.
fn unpacked(file: &str) -> (Cursor<Vec<u8>>, &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    let bytes = std::fs::read(path).unwrap();
    let Some(name) = file.strip_suffix(".gz") else { return (Cursor::new(bytes), file) };
    let mut whole = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut whole).unwrap();
    (Cursor::new(whole), name)
}

/// One prediction of a golden file, of a `text` or a `file`.
#[derive(Debug, Serialize, Deserialize)]
struct Golden {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_size: Option<String>,
    target: String,
    accuracy: f64,
    low: f64,
    high: f64,
    params: u64,
    macs: u64,
    novelty: f64,
    nodes: usize,
    edges: usize,
}

impl Golden {
    fn of(prediction: Prediction) -> Self {
        let Prediction { accuracy, low, high, target, params, macs, novelty, nodes, edges, .. } =
            prediction;
        let (text, file, input_size) = (None, None, None);
        Self {
            text,
            file,
            input_size,
            target,
            accuracy,
            low,
            high,
            params,
            macs,
            novelty,
            nodes,
            edges,
        }
    }

    /// What was predicted, without what of it.
    fn case(&self) -> [Option<&str>; 4] {
        let Self { text, file, input_size, target, .. } = self;
        [text.as_deref(), file.as_deref(), input_size.as_deref(), Some(target)]
    }
}

/// Compares with a golden file, or writes it.
fn assert_golden(name: &str, found: &[Golden]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("GENNAPE_BLESS").is_some() {
        let text = serde_json::to_string_pretty(found).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let golden: Vec<Golden> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let cases = |all: &[Golden]| -> Vec<String> {
        all.iter().map(|one| format!("{:?}", one.case())).collect()
    };
    assert_eq!(cases(found), cases(&golden), "bless the file anew");
    for (found, golden) in found.iter().zip(&golden) {
        let counts = |one: &Golden| (one.params, one.macs, one.nodes, one.edges);
        assert_eq!(counts(found), counts(golden), "{:?}", golden.case());
        let numbers = |one: &Golden| [one.accuracy, one.low, one.high, one.novelty];
        let far = |(a, b): (f64, f64)| (a - b).abs() > TOLERANCE;
        let is_far = numbers(found).into_iter().zip(numbers(golden)).any(far);
        assert!(!is_far, "{found:?}\nis not {golden:?}\nafter new weights: GENNAPE_BLESS=1");
    }
}

fn predictor() -> Predictor {
    Predictor::load(WEIGHTS).unwrap()
}

fn predict(predictor: &Predictor, text: &str, target: &str) -> Prediction {
    let options = PredictOptions { target: Some(target.to_owned()) };
    predictor.predict(text, &options).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn predictions_are_the_golden_ones() {
    let predictor = predictor();
    let found = CASES.map(|(text, target)| Golden {
        text: Some(text.to_owned()),
        ..Golden::of(predict(&predictor, text, target))
    });
    assert_golden("predictions.json", &found);
}

#[test]
fn predictions_of_files_are_the_golden_ones() {
    let predictor = predictor();
    let found = FILES.map(|(path, size)| {
        let (bytes, name) = unpacked(path);
        let input_size = size.map(|size| input_size(size).unwrap());
        let options = OnnxOptions { input_size, ..OnnxOptions::default() };
        let parsed = file::open(bytes, name).unwrap().network(&options).unwrap();
        let prediction = predictor.predict_parsed(&parsed, &PredictOptions::default()).unwrap();
        Golden {
            file: Some(path.to_owned()),
            input_size: size.map(str::to_owned),
            ..Golden::of(prediction)
        }
    });
    assert_golden("files.json", &found);
}

#[test]
fn a_finished_text_gives_exactly_what_its_file_gives() {
    let predictor = predictor();
    for (path, size) in FILES {
        let (bytes, name) = unpacked(path);
        let input_size = size.map(|size| input_size(size).unwrap());
        let options = OnnxOptions { input_size, ..OnnxOptions::default() };
        let opened = file::open(bytes.clone(), name).unwrap();
        let parsed = opened.network(&options).unwrap();
        let finished = finished::open(bytes, name).unwrap();
        assert_eq!(finished.info(), opened.info());
        let text = finished::of_file(&finished, &options).unwrap();
        let again = format::parse_sized(&text, input_size).unwrap();
        let json = |prediction: Prediction| serde_json::to_string(&prediction).unwrap();
        let predict =
            |parsed| predictor.predict_parsed(parsed, &PredictOptions::default()).map(json);
        assert_eq!(predict(&again).unwrap(), predict(&parsed).unwrap(), "{path}");
        let layers = |parsed: &Parsed| {
            let graph = predictor.network(parsed, &PredictOptions::default()).unwrap();
            serde_json::to_string(&Inspection::of(parsed, &graph)).unwrap()
        };
        assert_eq!(layers(&again), layers(&parsed), "{path}");
    }
}

/// The graph's JSON with its nodes in another order.
fn renumbered(graph: &ComputeGraph, rng: &mut dyn Rng) -> String {
    let mut form: serde_json::Value = serde_json::from_str(&json::to_json(graph)).unwrap();
    let mut order: Vec<usize> = (0..graph.n_nodes()).collect();
    order.shuffle(rng);
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    let nodes: Vec<_> = order.iter().map(|&old| form["nodes"][old].clone()).collect();
    let mut edges: Vec<_> = graph.edges().map(|(from, to)| [place[from], place[to]]).collect();
    edges.shuffle(rng);
    form["nodes"] = nodes.into();
    form["edges"] = serde_json::to_value(edges).unwrap();
    form.to_string()
}

#[test]
fn the_order_of_nodes_never_changes_a_prediction() {
    let predictor = predictor();
    let targets: Vec<String> =
        predictor.info().targets.into_iter().map(|target| target.name).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(301);
    for family in FAMILIES {
        // a family that the weights do not know is judged for another one's target
        let own = format!("{}/{}", family.name(), family.variants()[0].name);
        let target = if targets.contains(&own) { own } else { targets[0].clone() };
        for _ in 0..4 {
            let architecture = family.sample(&mut rng);
            let graph = architecture.build(architecture.variants()[0]).unwrap();
            // both as graphs: a text's scalars are read against its own family's statistics
            let own = predict(&predictor, &json::to_json(&graph), &target);
            let moved = predict(&predictor, &renumbered(&graph, &mut rng), &target);
            let far = |a: f64, b: f64| (a - b).abs() > TOLERANCE;
            assert!(!far(own.accuracy, moved.accuracy), "{}", architecture.text());
            assert!(!far(own.novelty, moved.novelty), "{}", architecture.text());
            let pairs = own.membership.iter().zip(&moved.membership);
            assert!(pairs.into_iter().all(|(a, b)| !far(*a, *b)), "{}", architecture.text());
            let of_graph = |one: &Prediction| (one.graph_params, one.graph_macs, one.depth);
            assert_eq!(of_graph(&own), of_graph(&moved));
        }
    }
}

#[test]
fn memberships_sum_to_1_and_intervals_hold_their_accuracy() {
    let predictor = predictor();
    let targets: Vec<String> =
        predictor.info().targets.into_iter().map(|target| target.name).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(302);
    for family in FAMILIES {
        for _ in 0..6 {
            let text = family.sample(&mut rng).text();
            for target in &targets {
                let found = predict(&predictor, &text, target);
                let sum: f64 = found.membership.iter().sum();
                assert!((sum - 1.0).abs() < TOLERANCE, "{text}: {sum}");
                assert!(found.membership.iter().all(|part| (0.0..=1.0).contains(part)), "{text}");
                let Prediction { low, accuracy, high, novelty, .. } = found;
                let is_ordered = 0.0 <= low && low <= accuracy && accuracy <= high && high <= 1.0;
                assert!(is_ordered, "{text}, {target}: {low} {accuracy} {high}");
                assert!((0.0..=1.0).contains(&novelty), "{text}: {novelty}");
            }
        }
    }
}

#[test]
fn one_text_has_one_prediction_in_each_of_its_forms() {
    let predictor = predictor();
    let nb201 = family::by_name("nb201").unwrap();
    let mut rng = Pcg64Mcg::seed_from_u64(303);
    for _ in 0..4 {
        let text = nb201.sample(&mut rng).text();
        let own = predictor.predict(&text, &PredictOptions::default()).unwrap();
        assert_eq!(own.target, "nb201/cifar10");
        assert_eq!(own, predict(&predictor, &format!("\n {text} \n"), "nb201/cifar10"));
    }
}

#[test]
fn a_graph_without_a_family_is_answered_by_a_target_of_its_image_and_classes() {
    let predictor = predictor();
    let nb201 = family::by_name("nb201").unwrap();
    let mut rng = Pcg64Mcg::seed_from_u64(304);
    for _ in 0..8 {
        let cell = nb201.sample(&mut rng);
        for variant in nb201.variants() {
            let graph = json::to_json(&cell.build(variant).unwrap());
            let found = predictor.predict(&graph, &PredictOptions::default()).unwrap();
            let dataset = found.target.split_once('/').unwrap().1;
            assert_eq!(dataset, variant.name, "{} as {}", cell.text(), found.target);
            assert!(!found.notes.is_empty(), "a graph of no family is answered without a word");
        }
    }
}

#[test]
fn auto_is_the_target_of_the_networks_own_family() {
    let predictor = predictor();
    let text = family::by_name("nb201").unwrap().example();
    let own = predictor.predict(text, &PredictOptions::default()).unwrap();
    assert_eq!(predict(&predictor, text, "auto"), own);
}

#[test]
fn weights_that_are_read_and_written_keep_every_byte() {
    let once = Weights::from_bytes(WEIGHTS).unwrap().to_bytes().unwrap();
    assert!(once == WEIGHTS, "the repository's weights are not in the form that gennape writes");
    assert!(Weights::from_bytes(&once).unwrap().to_bytes().unwrap() == once);
}
