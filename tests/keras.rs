//! Real Keras models: their parameters, against what Keras counts.
//!
//! `tests/keras/make.py` wrote the models and `params.tsv`: the file, the image's side, Keras's
//! `count_params()` and the part of it that is trainable. Ours are the trainable ones: moving
//! statistics and what `Normalization` layers learn from data are no parameters. A few models are
//! committed; `GENNAPE_KERAS` names a folder with all of them.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use gennape::format::{Parsed, parse};
use gennape::graph::ComputeGraph;
use gennape::note::NoteKind;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value as Json, json};

/// What Keras says of a model: the side of its image (0 where it is open) and the parameters that
/// are trainable.
struct Counted {
    side: u32,
    trainable: u64,
}

/// The committed models.
fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras")
}

fn counted(folder: &Path) -> BTreeMap<String, Counted> {
    let table = std::fs::read_to_string(folder.join("params.tsv")).unwrap();
    let rows = table.lines().map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [file, side, _, trainable] = cells[..] else { panic!("{line}") };
        let counted =
            Counted { side: side.parse().unwrap(), trainable: trainable.parse().unwrap() };
        (file.to_owned(), counted)
    });
    rows.collect()
}

fn graph(file: &str, text: &str) -> ComputeGraph {
    let parsed = parse(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let Parsed::Graph { graph, notes } = parsed else { panic!("{file} is no graph") };
    let is_default = |kind| matches!(kind, NoteKind::Assumed | NoteKind::ImageSize);
    assert!(notes.iter().all(|note| is_default(note.kind)), "{file}: {notes:?}");
    graph
}

fn check(file: &str, text: &str, counted: &Counted) {
    let graph = graph(file, text);
    assert_eq!(graph.written_cost().params, counted.trainable, "{file}");
    assert_eq!(graph.cost(), graph.written_cost(), "{file}");
    if counted.side > 0 {
        assert_eq!(graph.input_shape().h, counted.side, "{file}");
    }
}

fn committed_text(file: &str) -> String {
    let path = committed().join(format!("{file}.gz"));
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn committed_models_have_the_trainable_parameters_that_keras_counts() {
    let mut n_checked = 0;
    for (file, counted) in counted(&committed()) {
        if committed().join(format!("{file}.gz")).exists() {
            check(&file, &committed_text(&file), &counted);
            n_checked += 1;
        }
    }
    assert!(n_checked >= 10, "only {n_checked} models are there");
}

#[test]
fn all_models_have_the_trainable_parameters_that_keras_counts() {
    let Some(folder) = std::env::var_os("GENNAPE_KERAS").map(PathBuf::from) else {
        return println!(
            "skipped all_models_have_the_trainable_parameters_that_keras_counts: GENNAPE_KERAS is \
             not set"
        );
    };
    for (file, counted) in counted(&folder) {
        let text = std::fs::read_to_string(folder.join(&file)).unwrap();
        check(&file, &text, &counted);
        println!("{file}: {} parameters", counted.trainable);
    }
}

#[test]
fn both_versions_of_keras_spell_the_same_network() {
    let mut n_compared = 0;
    for file in counted(&committed()).keys().filter(|file| file.ends_with(".keras2.json")) {
        let other = file.replace("keras2", "keras3");
        let has = |file: &str| committed().join(format!("{file}.gz")).exists();
        if has(file) && has(&other) {
            let [one, two] = [&file[..], &other].map(|file| graph(file, &committed_text(file)));
            assert_eq!(one.structural_hash(), two.structural_hash(), "{file}");
            n_compared += 1;
        }
    }
    assert!(n_compared >= 10, "only {n_compared} networks are there twice");
}

/// Puts `new` in the place of value number `left` below `json`; takes their number off `left`.
fn replace(json: &mut Json, left: &mut usize, new: &Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, left, new)),
        Json::Object(items) => items.values_mut().for_each(|item| replace(item, left, new)),
        _ => {
            if *left == 0 {
                *json = new.clone();
            }
            *left = left.wrapping_sub(1);
        }
    }
}

#[test]
fn models_with_any_value_changed_are_networks_or_errors() {
    let odd = [
        json!(0),
        json!(-1),
        json!(2),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.5),
        json!(null),
        json!("x"),
        json!([]),
        json!([1, 2]),
        json!([-1, 0, 3]),
        json!({}),
    ];
    let mut draws = Pcg64Mcg::seed_from_u64(0);
    for name in ["attention", "functions", "nested", "recurrent"] {
        let model: Json =
            serde_json::from_str(&committed_text(&format!("{name}.keras3.json"))).unwrap();
        let mut left = usize::MAX;
        replace(&mut model.clone(), &mut left, &Json::Null);
        let n_values = usize::MAX - left;
        for _ in 0..1_000 {
            let mut changed = model.clone();
            let mut at = draws.random_range(0..n_values);
            replace(&mut changed, &mut at, odd.choose(&mut draws).unwrap());
            let text = changed.to_string();
            if let Err(error) = parse(&text) {
                let message = error.to_string();
                assert!(!message.is_empty() && message.len() < 1_000, "{message}");
            }
            let cut = draws.random_range(0..text.len());
            let _ = parse(text.get(..cut).unwrap_or_default());
        }
    }
}
