//! `gennape map`: what it writes, that it writes it again, and what it refuses.

use std::fs;

use super::support::{NB101, NB201, gennape};

const WEIGHTS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/weights/gennape.safetensors");

#[test]
fn weights_learn_to_place_networks_and_a_second_run_gives_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    fs::create_dir(&records).unwrap();
    let record = serde_json::json!({"id": "a", "family": "nb201", "arch": NB201, "accuracy": {"cifar10": 0.9}});
    fs::write(records.join("nb201.jsonl"), format!("{record}\n")).unwrap();
    let made = ["first", "second"].map(|name| {
        let out = folder.path().join(name);
        let args =
            ["--points", "16", "--learned", "10", "--json", "--data", records.to_str().unwrap()];
        let ran = gennape(
            &[&["map", "--weights", WEIGHTS, "--out", out.to_str().unwrap()], &args[..]].concat(),
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let rows = ran.json();
        let names: Vec<_> =
            rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert!(names.iter().any(|name| name.contains("neither saw")), "{names:?}");
        assert!(rows[0]["trustworthiness"][0].as_f64().unwrap() > 0.8, "{rows}");
        out
    });
    for name in ["gennape.safetensors", "points.bin", "map.svg", "manifest.json"] {
        let [first, second] = [0, 1].map(|run| fs::read(made[run].join(name)).unwrap());
        assert!(!first.is_empty() && first == second, "{name} differs");
    }
    let figure = fs::read_to_string(made[0].join("map.svg")).unwrap();
    assert_eq!(figure.matches("class=\"measured\"").count(), 1, "one record, one ring");

    let weights = made[0].join("gennape.safetensors");
    let args = [
        "predict",
        "--weights",
        weights.to_str().unwrap(),
        "--format",
        "jsonl",
        "--full",
        NB201,
        NB101,
    ];
    let places: Vec<_> =
        gennape(&args).succeeded().lines().iter().map(|line| line["map"].clone()).collect();
    assert!(
        places.iter().all(|place| place.as_array().is_some_and(|xy| xy.len() == 2)),
        "{places:?}"
    );
    assert_ne!(places[0], places[1]);
}

#[test]
fn too_few_networks_and_missing_weights_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let ran =
        gennape(&["map", "--weights", WEIGHTS, "--out", out, "--points", "3", "--learned", "3"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("39 networks are too few for a map"), "{}", ran.stderr);
    let message = gennape(&["map", "--weights", "nowhere.safetensors", "--out", out]).failed();
    assert!(message.contains("nowhere.safetensors"), "{message}");
}
