//! Exports of known networks: the ONNX reader against what their frameworks count, and against texts.
//!
//! `tests/onnx/export.py` and `frameworks.py` made the files and `expected.json`; a choice of them is
//! committed. `GENNAPE_EXPORTS` names a folder with all of them.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so, and each difference is printed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use gennape::family;
use gennape::format::Parsed;
use gennape::format::onnx::{OnnxOptions, read};
use gennape::graph::{ComputeGraph, Op};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::Deserialize;

/// How a file was made, and what its framework counts.
#[derive(Debug, Deserialize)]
struct Expected {
    network: String,
    exporter: String,
    side: u32,
    params: u64,
    /// Of convolutions and dense layers; only PyTorch counts it.
    macs: Option<u64>,
    /// Of products of two activations.
    macs_product: Option<u64>,
    /// The text that the network has in its family, and the variant.
    family: Option<String>,
    variant: Option<String>,
    text: Option<String>,
}

type Table = BTreeMap<String, Expected>;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx")
}

fn graph(bytes: Vec<u8>) -> Result<ComputeGraph, String> {
    match read(Cursor::new(bytes), &OnnxOptions::default()) {
        Ok(Parsed::Graph { graph, .. }) => Ok(graph),
        Ok(parsed) => Err(format!("{parsed:?} is no graph")),
        Err(error) => Err(error.to_string()),
    }
}

/// What is different from what is expected; nothing if all is well.
fn differences(expected: &Expected, bytes: Vec<u8>) -> Vec<String> {
    let graph = match graph(bytes) {
        Ok(graph) => graph,
        Err(error) => return vec![error],
    };
    let of_products: u64 =
        graph.nodes().filter(|node| node.op == Op::Matmul).map(|node| node.macs).sum();
    let written = graph.written_cost();
    let mut found = Vec::new();
    let mut compare = |what: &str, expected: u64, counted: u64| {
        if expected != counted {
            let off = counted as i128 - expected as i128;
            found.push(format!("{what} {counted}, expected {expected} ({off:+})"));
        }
    };
    compare("params", expected.params, written.params);
    compare("side", expected.side.into(), graph.input_shape().h.into());
    if let (Some(macs), Some(macs_product)) = (expected.macs, expected.macs_product) {
        compare("macs", macs, written.macs - of_products);
        compare("macs of products", macs_product, of_products);
    }
    if let (Some(family), Some(variant), Some(text)) =
        (&expected.family, &expected.variant, &expected.text)
    {
        let family = family::by_name(family).unwrap();
        let variant = family::variant(family, variant).unwrap();
        let of_text = family.parse(text).unwrap().build(variant).unwrap();
        if of_text.structural_hash() != graph.structural_hash() {
            let sizes = [&of_text, &graph].map(|graph| (graph.n_nodes(), graph.n_edges()));
            found.push(format!("not the graph of the text: nodes and edges {sizes:?}"));
        }
    }
    found
}

const BIAS_AND_NORM: &[&str] =
    &["vgg11_bn", "hrnet_w18_small", "resnest14d", "efficientformer_l1", "rexnet_100"];
const EXPANDED_TABLES: &[&str] = &["swin_t", "maxvit_t", "swin_v2_t", "levit_128s"];
const LAYERS_OF_CONSTANTS: &[&str] = &["edgenext_xx_small", "xcit_nano_12_p16_224"];
const NO_NORMS: &[&str] = &["squeezenet1_1", "vgg11"];
const STANDARDISED: &[&str] = &["dm_nfnet_f0", "nf_regnet_b1"];
const ODD_CHANNELS: &[&str] = &["squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small"];

/// Whether a file may cost other than its framework says, and why.
fn exception(file: &str, expected: &Expected) -> Option<&'static str> {
    let is_of = |networks: &[&str]| networks.contains(&&expected.network[..]);
    let is_by = |exporter: &str| file.contains(&format!("-{exporter}-"));
    let is = |reform: &str| file.contains(&format!("-{reform}."));
    let reasons = [
        (is_of(BIAS_AND_NORM), "a bias in front of a folded batch norm is lost"),
        (
            is_of(&["nb201_3"]),
            "what nothing reads is not in the file; of two batch norms in a row one is",
        ),
        (is_of(EXPANDED_TABLES), "position tables are expanded in advance"),
        (is_of(LAYERS_OF_CONSTANTS), "layers over constants have no multiply-adds"),
        (
            is_of(&["InceptionV3"]),
            "a batch norm without a scale folds to as much as one with a scale",
        ),
        (is_of(&["googlenet"]) && is_by("paddle"), "auxiliary heads are not in the file"),
        (is_of(NO_NORMS) && is_by("paddle"), "biases without names or norms look folded"),
        (is_of(STANDARDISED) && is_by("dynamo"), "gains of kernels computed in advance are lost"),
        (is_of(&["coat_tiny"]) && is_by("dynamo"), "a kernel of three numbers looks fixed"),
        (is_of(ODD_CHANNELS) && is("optimised"), "channels are rounded up to multiples of 16"),
        (is_of(&["nb201_0"]) && is("qlinear"), "the quantiser dropped two activations"),
    ];
    reasons.into_iter().find(|(applies, _)| *applies).map(|(_, reason)| reason)
}

/// Compares each file with what is expected of it; the networks of families whose graph is that of
/// their text, by family and exporter.
fn check(table: &Table, bytes: impl Fn(&str) -> Vec<u8>) -> BTreeMap<[&str; 2], BTreeSet<&str>> {
    let mut n_wrong = 0;
    let mut equal: BTreeMap<[&str; 2], BTreeSet<&str>> = BTreeMap::new();
    for (file, expected) in table {
        let differences = differences(expected, bytes(file));
        if let (Some(family), true) = (&expected.family, differences.is_empty()) {
            equal.entry([family, &expected.exporter]).or_default().insert(&expected.network);
        }
        if !differences.is_empty() {
            let reason = exception(file, expected);
            n_wrong += usize::from(reason.is_none());
            let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
            println!("{file}: {}{reason}", differences.join("; "));
        }
    }
    println!("{} files, {n_wrong} differ", table.len());
    assert_eq!(n_wrong, 0, "files differ from what their framework counts");
    equal
}

#[test]
fn committed_exports_are_what_their_framework_counts_and_their_texts_say() {
    let table: Table =
        serde_json::from_str(&std::fs::read_to_string(here().join("expected.json")).unwrap())
            .unwrap();
    assert!(table.len() >= 40, "only {} files", table.len());
    let equal = check(&table, committed);
    for family in ["nb201", "nb101", "darts", "nb301", "ofa_mbv3"] {
        for exporter in ["torchscript", "dynamo"] {
            let n_networks = equal.get(&[family, exporter]).map_or(0, BTreeSet::len);
            assert!(n_networks >= 2, "{n_networks} networks of {family} by {exporter}");
        }
    }
}

#[test]
fn all_exports_are_what_their_framework_counts_and_their_texts_say() {
    #[derive(Deserialize)]
    struct Record {
        files: Table,
    }
    let Some(folder) = std::env::var_os("GENNAPE_EXPORTS").map(PathBuf::from) else {
        return println!(
            "skipped all_exports_are_what_their_framework_counts_and_their_texts_say: \
             GENNAPE_EXPORTS is not set"
        );
    };
    let mut table = Table::new();
    for name in ["expected.json", "expected-tensorflow.json", "expected-paddle.json"] {
        if let Ok(text) = std::fs::read_to_string(folder.join(name)) {
            table.extend(serde_json::from_str::<Record>(&text).unwrap().files);
        }
    }
    check(&table, |file| std::fs::read(folder.join(file)).unwrap());
}

/// What a committed file holds.
fn committed(file: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = File::open(here().join(format!("files/{file}.gz"))).unwrap();
    GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    bytes
}

/// `bytes` with a few of them changed, a piece left out or written twice, or cut off.
fn damaged(bytes: &[u8], draws: &mut Pcg64Mcg) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = draws.random_range(0..bytes.len());
    let end = (at + draws.random_range(1..64)).min(bytes.len());
    match draws.random_range(0..8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            drop(bytes.splice(at..at, piece));
        }
        n_changes => {
            for _ in 2..n_changes {
                let at = draws.random_range(0..bytes.len());
                bytes[at] = draws.random();
            }
        }
    }
    bytes
}

#[test]
fn damaged_exports_are_networks_or_errors() {
    // the smallest file of each form, so that every part of the reader meets damage
    let files = [
        "alexnet-torchscript-12-inputs-unfolded.onnx",
        "mobilenet_v2-torchscript-17-bare-dynamic.onnx",
        "mobilenet_v2-torchscript-17-bare-half.onnx",
        "mobilenet_v2-torchscript-17-bare-optimised.onnx",
        "resnet18-dynamo-18-bare-freebatch.onnx",
        "resnet18-dynamo-23-external.onnx",
        "resnet18-torchscript-17-bare-qdq.onnx",
        "resnet18-torchscript-17-bare-qlinear.onnx",
        "shufflenet_v2_x0_5-dynamo-18-bare.onnx",
        "squeezenet1_1-paddle-12-bare.onnx",
        "vit_tiny_patch16_224-dynamo-23-bare.onnx",
    ];
    let n_damages = std::env::var("GENNAPE_DAMAGES").map_or(60, |n| n.parse().unwrap());
    let mut draws = Pcg64Mcg::seed_from_u64(0);
    let mut n_read = 0;
    for file in files {
        let bytes = committed(file);
        for _ in 0..n_damages {
            match graph(damaged(&bytes, &mut draws)) {
                Ok(_) => n_read += 1,
                Err(error) => assert!(!error.is_empty()),
            }
        }
    }
    assert!(n_read > 0, "no damage was too small to matter");
}

/// A file that ends in a hole: zeros that nothing holds, and a count of what is read.
struct Hollow {
    bytes: Vec<u8>,
    len: u64,
    at: u64,
    n_read: u64,
}

impl Read for Hollow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = (self.len - self.at).min(buffer.len() as u64);
        for (idx, byte) in buffer[..n as usize].iter_mut().enumerate() {
            *byte = self.bytes.get(self.at as usize + idx).copied().unwrap_or(0);
        }
        self.at += n;
        self.n_read += n;
        Ok(n as usize)
    }
}

impl Seek for Hollow {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => self.len.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

#[test]
fn of_a_file_of_500_mb_little_more_than_its_structure_is_read() {
    let varint = |mut n: u64| {
        let mut bytes = Vec::new();
        while n > 127 {
            bytes.push(n as u8 | 128);
            n >>= 7;
        }
        [bytes, vec![n as u8]].concat()
    };
    let field = |number: u8, len: u64| [vec![number << 3 | 2], varint(len)].concat();
    let weights = 500 << 20;
    // onnx.proto3: a tensor (field 5 of the graph) of so many bytes (type 2), whose numbers come last
    let tensor = [&[8][..], &varint(weights), &[16, 2], &field(9, weights)].concat();
    let initializer = [field(5, tensor.len() as u64 + weights), tensor].concat();
    // a second graph (field 7 of the model) is joined to the first
    let graph = [field(7, initializer.len() as u64 + weights), initializer].concat();
    let bytes = [committed("squeezenet1_1-dynamo-21-external.onnx"), graph].concat();
    let len = bytes.len() as u64 + weights;
    let mut file = Hollow { bytes, len, at: 0, n_read: 0 };
    let Ok(Parsed::Graph { graph, .. }) = read(&mut file, &OnnxOptions::default()) else {
        panic!("the file is not read");
    };
    // torchvision's own count
    assert_eq!(graph.written_cost().params, 1_235_496);
    let most = file.bytes.len() as u64 + (64 << 10);
    assert!(file.n_read < most, "{} bytes read of {len}", file.n_read);
}
