//! AdamW with clipping under the one-cycle schedule, as PyTorch computes it.

use candle_core::Module;
use gennape::fit::optimiser::{AdamW, AdamWConfig};
use gennape::fit::schedule::OneCycle;
use gennape::model::dense::dense;
use serde_json::Value;

use crate::support::{assert_close, build, named, numbers, reference, tensor};

fn cycle(config: &Value, n_steps: usize) -> OneCycle {
    let number = |key: &str| config[key].as_f64().unwrap();
    OneCycle { peak: number("lr"), warm_up: number("warm_up"), n_steps }
}

/// Rates are f64 on both sides; the reference has 8 significant digits.
fn assert_rate(got: f64, expected: f64, step: usize) {
    assert!((got - expected).abs() < 1e-10, "rate of step {step}: {got} instead of {expected}");
}

#[test]
fn rates_of_a_cycle_agree_with_the_reference() {
    let reference = reference("optimiser");
    let cycle = cycle(&reference["config"], 40);
    for (step, rate) in numbers(&reference["schedule_of_40"]).into_iter().enumerate() {
        assert_rate(cycle.rate(step), rate, step);
    }
}

#[test]
fn twenty_steps_agree_with_pytorch() {
    let reference = reference("optimiser");
    let config = &reference["config"];
    let betas = numbers(&config["betas"]);
    let mut optimiser = AdamW::new(AdamWConfig {
        beta1: betas[0],
        beta2: betas[1],
        epsilon: config["eps"].as_f64().unwrap(),
        weight_decay: config["weight_decay"].as_f64().unwrap(),
        clip: config["clip"].as_f64().unwrap(),
    });
    let cycle = cycle(config, 20);
    let (linear, parameters) =
        build(&named("linear", &reference["initial"]), |vb| dense(4, 2, vb.pp("linear")));

    for (step, expected) in reference["steps"].as_array().unwrap().iter().enumerate() {
        let rate = cycle.rate(step);
        assert_rate(rate, expected["lr"].as_f64().unwrap(), step);
        let predicted = linear.forward(&tensor(&reference["x"][step])).unwrap();
        let errors = (predicted - tensor(&reference["y"][step])).unwrap();
        let loss = errors.sqr().unwrap().mean_all().unwrap();
        assert_close("loss", &loss, &tensor(&expected["loss"]));

        let length = optimiser.step(&parameters, &loss.backward().unwrap(), rate).unwrap();
        let expected_length = expected["grad_norm"].as_f64().unwrap();
        assert!((length / expected_length - 1.0).abs() < 1e-5, "length {length} at step {step}");
        for (name, parameter) in parameters.iter() {
            let after = &expected[name.trim_start_matches("linear.")];
            assert_close(&format!("{name} after step {step}"), parameter, &tensor(after));
        }
    }
}
