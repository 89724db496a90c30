//! The residual encoder on two graphs, as PyTorch computes it.

use candle_core::{Tensor, Var};
use gennape::model::batch::Batch;
use gennape::model::config::{Config, EncoderConfig, Readout};
use gennape::model::encoder::Encoder;
use gennape::model::residual::ResidualLayer;
use serde_json::Value;

use crate::support::{
    Tensors, assert_close, assert_gradients, batch, build, named, reference, tensor,
};

fn config(readout: Readout) -> Config {
    let encoder = EncoderConfig::Residual { width: 16, layers: 3, readout };
    Config { encoder, ..Config::default() }
}

fn weights(of: &Value) -> Tensors {
    let mut weights = named("input.hidden", &of["input"][0]);
    weights.extend(named("input.output", &of["input"][1]));
    for (layer, values) in of["layers"].as_array().unwrap().iter().enumerate() {
        weights.extend(named(&format!("layers.{layer}.linear"), values));
    }
    weights
}

/// The reference's graphs, and their node features as a variable.
fn batch_with_features(reference: &Value) -> (Batch, Var) {
    let x = Var::from_tensor(&tensor(&reference["x"])).unwrap();
    (Batch { nodes: x.as_tensor().clone(), ..batch(reference) }, x)
}

#[test]
fn embeddings_of_both_readouts_agree_with_pytorch() {
    let reference = reference("encoder");
    let (batch, _) = batch_with_features(&reference);
    for (readout, key) in [(Readout::Mean, "readout_mean"), (Readout::MeanMax, "readout_mean_max")]
    {
        let config = config(readout);
        let (encoder, _) = build(&weights(&reference["weights"]), |vb| Encoder::new(&config, vb));
        let embedding = encoder.forward(&batch).unwrap();
        assert_close(key, &embedding, &tensor(&reference[key]));
        assert_eq!(embedding.dims(), [2, config.embedding_width()]);
    }
}

#[test]
fn gradients_of_features_and_weights_agree_with_pytorch() {
    let reference = reference("encoder");
    let (batch, x) = batch_with_features(&reference);
    let (encoder, parameters) =
        build(&weights(&reference["weights"]), |vb| Encoder::new(&config(Readout::MeanMax), vb));
    let loss = encoder.forward(&batch).unwrap().sqr().unwrap().sum_all().unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));

    let gradients = loss.backward().unwrap();
    assert_close("gradient of x", gradients.get(&x).unwrap(), &tensor(&reference["grad_x"]));
    assert_gradients(&parameters, &gradients, &weights(&reference["grad_weights"]));
}

#[test]
fn each_residual_layer_agrees_with_pytorch() {
    let reference = reference("encoder");
    let batch = batch(&reference);
    let mut before: Tensor = tensor(&reference["embedded"]);
    for (layer, values) in reference["weights"]["layers"].as_array().unwrap().iter().enumerate() {
        let (residual, _) = build(&named("linear", values), |vb| ResidualLayer::new(16, vb));
        let after = residual.forward(&before, &batch.mean_before, &batch.mean_after).unwrap();
        before = tensor(&reference["hidden"][layer]);
        assert_close(&format!("h after layer {layer}"), &after, &before);
    }
}
