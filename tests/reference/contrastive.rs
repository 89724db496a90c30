//! Soft targets and the contrastive loss, as SciPy and PyTorch compute them.

use candle_core::{Device, Tensor, Var};
use gennape::fit::contrastive::{SoftTargets, contrastive_loss};
use serde_json::Value;

use crate::support::{assert_close, numbers, reference, tensor};

fn targets(reference: &Value) -> SoftTargets {
    let spectra: Vec<Vec<f64>> = serde_json::from_value(reference["eigenvalues"].clone()).unwrap();
    SoftTargets::from_spectra(&spectra, reference["perplexity"].as_f64().unwrap())
}

/// Soft targets are f64 on both sides; the reference has 8 significant digits.
fn assert_digits(what: &str, got: f64, expected: f64) {
    assert!((got - expected).abs() <= 1e-7 * expected.abs(), "{what}: {got} instead of {expected}");
}

#[test]
fn soft_targets_temperature_and_floor_agree_with_scipy() {
    let reference = reference("contrastive");
    let targets = targets(&reference);
    assert_eq!(targets.n, 16);
    assert_digits("temperature", targets.temperature, reference["temperature"].as_f64().unwrap());
    assert_digits("floor", targets.floor(), reference["floor"].as_f64().unwrap());
    for (got, expected) in targets.alpha.iter().zip(numbers(&reference["alpha"])) {
        assert_digits("alpha", *got, expected);
    }
    let entropy = |row: &[f64]| -row.iter().filter(|a| **a > 0.0).map(|a| a * a.ln()).sum::<f64>();
    for (row, expected) in targets.alpha.chunks(16).zip(numbers(&reference["row_perplexity"])) {
        assert_digits("perplexity of a row", entropy(row).exp(), expected);
    }
}

#[test]
fn loss_and_its_gradient_agree_with_pytorch() {
    let reference = reference("contrastive");
    let z = Var::from_tensor(&tensor(&reference["z"])).unwrap();
    let tau = reference["tau"].as_f64().unwrap();
    let loss = contrastive_loss(&z, &targets(&reference), tau).unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));
    let gradients = loss.backward().unwrap();
    assert_close("gradient of z", gradients.get(&z).unwrap(), &tensor(&reference["grad_z"]));
}

/// The reference's own alpha gives the same loss, so the loss does not lean on our temperature.
#[test]
fn loss_of_given_targets_agrees_with_pytorch() {
    let reference = reference("contrastive");
    let alpha = numbers(&reference["alpha"]);
    let targets = SoftTargets { alpha, n: 16, temperature: f64::NAN };
    let z = tensor(&reference["z"]);
    let loss = contrastive_loss(&z, &targets, 0.2).unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));
    let scaled = (z * 1000.0).unwrap();
    let scaled = contrastive_loss(&scaled, &targets, 0.2).unwrap();
    assert_close("loss of longer z", &scaled, &Tensor::new(3.326_573_4_f32, &Device::Cpu).unwrap());
}
