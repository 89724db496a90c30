//! Real ONNX files: what they cost, against what their framework counts.
//!
//! GENNAPE_SHARED names a folder with `data/timm.tar.zst` (414 published networks without weights) and
//! `data/timm.jsonl.gz` (their parameters and multiply-adds by PyTorch). Without it these are skipped.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::read::GzDecoder;
use gennape::format::Parsed;
use gennape::format::onnx::{OnnxOptions, read};
use gennape::graph::{ComputeGraph, Op};

fn shared() -> Option<PathBuf> {
    std::env::var_os("GENNAPE_SHARED").map(PathBuf::from)
}

/// What PyTorch counts of a network.
struct Counted {
    params: u64,
    macs: u64,
    macs_matmul: u64,
}

fn counted(folder: &Path) -> BTreeMap<String, Counted> {
    let file = File::open(folder.join("data/timm.jsonl.gz")).unwrap();
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let count = |key: &str| record[key].as_u64().unwrap_or(0);
            let counted = Counted {
                params: count("params"),
                macs: count("macs"),
                macs_matmul: count("macs_matmul"),
            };
            (record["arch"]["onnx"].as_str().unwrap().to_owned(), counted)
        })
        .collect()
}

/// Multiply-adds of products of two activations, which PyTorch's counter leaves out, and all others.
fn macs(graph: &ComputeGraph) -> (u64, u64) {
    let of_matmuls = graph.nodes().filter(|node| node.op == Op::Matmul).map(|node| node.macs).sum();
    (of_matmuls, graph.written_cost().macs - of_matmuls)
}

#[test]
fn published_networks_cost_what_pytorch_counts() {
    let Some(folder) = shared() else {
        return println!(
            "skipped: published_networks_cost_what_pytorch_counts (no GENNAPE_SHARED)"
        );
    };
    let counted = counted(&folder);
    let archive = File::open(folder.join("data/timm.tar.zst")).unwrap();
    let decoder = ruzstd::decoding::StreamingDecoder::new(archive).unwrap();
    let mut archive = tar::Archive::new(decoder);
    let start = Instant::now();
    let (mut n_read, mut n_params, mut n_macs, mut n_matmul) = (0, 0, 0, 0);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let Some(expected) = counted.get(&path) else { continue };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let parsed = match read(Cursor::new(bytes), &OnnxOptions::default()) {
            Ok(parsed) => parsed,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        let Parsed::Graph { graph, .. } = parsed else { panic!("{path} is no graph") };
        n_read += 1;
        let (of_matmuls, of_layers) = macs(&graph);
        let params = graph.written_cost().params;
        n_params += usize::from(params == expected.params);
        n_macs += usize::from(of_layers == expected.macs);
        n_matmul += usize::from(of_matmuls == expected.macs_matmul);
        if params != expected.params || of_layers != expected.macs {
            println!(
                "{path}: params {params} ({:+}), macs {of_layers} ({:+}), matmul {:+}",
                params as i64 - expected.params as i64,
                of_layers as i64 - expected.macs as i64,
                of_matmuls as i64 - expected.macs_matmul as i64,
            );
        }
    }
    println!(
        "{n_read} read in {:?}; equal: params {n_params}, macs {n_macs}, matmul {n_matmul}",
        start.elapsed()
    );
    assert_eq!(n_read, 414);
    // docs/unsupported.md says why the rest differs
    assert!(n_params >= 372 && n_macs >= 378 && n_matmul >= 409, "{n_params} {n_macs} {n_matmul}");
}
