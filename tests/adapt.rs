//! Adaptation from records to a target that predicts, through the public interface.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;

use gennape::adapt::adapter::Adaptation;
use gennape::adapt::file::{Adapted, Origin, is_adapted};
use gennape::adapt::measured::MeasuredSet;
use gennape::family;
use gennape::predict::{PredictOptions, Predictor};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

static WEIGHTS: &[u8] = include_bytes!("../www/public/weights/gennape.safetensors");
static OTHER_WEIGHTS: &[u8] = include_bytes!("../www/public/weights/nb101.safetensors");

/// Records of different NB-201 cells whose accuracy grows with their size.
fn records(count: usize) -> Vec<String> {
    let family = family::by_name("nb201").unwrap();
    let variant = &family.variants()[0];
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    while lines.len() < count {
        let cell = family.sample_variant(variant, &mut rng);
        let graph = cell.build(variant).unwrap();
        if seen.insert(graph.structural_hash()) {
            let accuracy = 0.1 * (graph.cost().params as f64).log10() + 0.3;
            let (id, text) = (lines.len(), cell.text());
            lines.push(format!(
                r#"{{"id": {id}, "family": "nb201", "arch": "{text}", "accuracy": {{"mine": {accuracy}}}}}"#
            ));
        }
    }
    lines
}

fn adapted(predictor: &Predictor, records: &[String]) -> Adaptation {
    let config = &predictor.ensemble().metadata().config;
    let set = MeasuredSet::read(records.join("\n").as_bytes(), None, config).unwrap();
    let mut adapter = predictor.adapter(set);
    let origin = Origin {
        weights: predictor.digest().to_owned(),
        records: String::new(),
        commit: "test".into(),
        date: "2026-11-24".into(),
    };
    assert!(adapter.finish(predictor.ensemble(), origin.clone()).is_err(), "nothing is done yet");
    let total = adapter.progress().total;
    for done in 1..=total {
        assert_eq!(adapter.step(predictor.ensemble()).unwrap().done, done);
    }
    adapter.finish(predictor.ensemble(), origin).unwrap()
}

#[test]
fn an_adapted_target_learns_is_stored_and_answers_for_its_family() {
    let predictor = Predictor::load(WEIGHTS).unwrap();
    let lines = records(40);
    let Adaptation { adapted, points } = adapted(&predictor, &lines[..30]);
    assert_eq!((adapted.name(), points.len()), ("adapted/mine", 30));
    assert!(adapted.comparison.adapted.spearman.unwrap() > 0.8, "{:?}", adapted.comparison);
    assert!(adapted.comparison.log_params.spearman.unwrap() > 0.999);
    assert!(adapted.comparison.better_alone().unwrap().starts_with("the number of"));

    let bytes = adapted.to_bytes().unwrap();
    assert!(is_adapted(&bytes) && !is_adapted(WEIGHTS) && bytes.len() < 100_000, "{}", bytes.len());
    assert_eq!(Adapted::from_bytes(&bytes).unwrap(), adapted);
    let predictor = predictor.with_adapted(&bytes).unwrap();
    let info = predictor.info().targets.pop().unwrap();
    assert_eq!(
        (info.name.as_str(), info.networks, info.held_out.held_out),
        ("adapted/mine", 30, 30)
    );

    for line in &lines[30..] {
        let record = gennape::format::record::Record::parse(line, 1).unwrap();
        let auto = predictor.predict_parsed(&record.arch, &PredictOptions::default()).unwrap();
        assert_eq!(auto.target, "adapted/mine");
        assert!((auto.accuracy - record.accuracy["mine"]).abs() < 0.05, "{}", auto.accuracy);
        assert!(auto.low < auto.accuracy && auto.accuracy < auto.high);
    }
    let wished = |target: &str| {
        let options = PredictOptions { target: Some(target.into()) };
        predictor.predict(family::by_name("nb101").unwrap().example(), &options).unwrap()
    };
    let foreign = wished("adapted/mine");
    assert!(foreign.notes.iter().any(|note| note.message.contains("adapted to networks of nb201")));
    assert_eq!(wished("nb101/cifar10").target, "nb101/cifar10");
    assert_eq!(wished("auto").target, "nb101/cifar10");
}

#[test]
fn the_same_records_give_the_same_bytes_and_other_weights_refuse_them() {
    let predictor = Predictor::load(OTHER_WEIGHTS).unwrap();
    let lines = records(12);
    let first = adapted(&predictor, &lines).adapted.to_bytes().unwrap();
    assert_eq!(first, adapted(&predictor, &lines).adapted.to_bytes().unwrap());
    let error = Predictor::load(WEIGHTS).unwrap().with_adapted(&first).unwrap_err();
    assert!(
        error.message().starts_with("the target was adapted from weights with sha256"),
        "{error}"
    );
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let predictor = Predictor::load(OTHER_WEIGHTS).unwrap();
    let bytes = adapted(&predictor, &records(9)).adapted.to_bytes().unwrap();
    for end in [0, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        let error = Adapted::from_bytes(&bytes[..end]).unwrap_err();
        assert!(error.message().contains("damaged"), "{error}");
    }
    for place in (0..bytes.len()).step_by(61) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x5a;
        if let Ok(read) = Adapted::from_bytes(&changed) {
            let _ = predictor.clone().add_adapted(read);
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let newer = text.contains(r#"\"version\":1"#);
    assert!(newer, "the version stands in the header");
    let error = Adapted::from_bytes(OTHER_WEIGHTS).unwrap_err();
    assert!(error.message().contains("no key `gennape-adapted`"), "{error}");
}
