//! The baselines' layers with ReLU between and a mean readout, as PyTorch Geometric computes them.

use candle_core::{Tensor, Var};
use candle_nn::VarBuilder;
use gennape::Result;
use gennape::model::batch::Batch;
use gennape::model::gcn_conv::{GcnConv, degree_scale};
use gennape::model::gin_conv::GinConv;
use serde_json::Value;

use crate::support::{
    Tensors, assert_close, assert_gradients, batch, build, named, reference, tensor,
};

/// The weights of all layers; `part` has the names and values of one part of a layer.
fn weights(layers: &Value, part: fn(&str, &Value) -> Tensors) -> Tensors {
    let layers = layers.as_array().unwrap().iter().enumerate();
    layers
        .flat_map(|(layer, parts)| {
            let parts = parts.as_object().unwrap().iter();
            parts
                .flat_map(move |(name, values)| part(&format!("{layer}.{name}"), values))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn assert_agrees<L>(
    name: &str,
    part: fn(&str, &Value) -> Tensors,
    new: fn(usize, usize, VarBuilder<'_>) -> Result<L>,
    forward: fn(&L, &Tensor, &Batch) -> Result<Tensor>,
) {
    let reference = reference(name);
    let (layers, parameters) = build(&weights(&reference["layers"], part), |vb| {
        (0..3).map(|layer| new(8, 8, vb.pp(layer))).collect::<Result<Vec<_>>>()
    });
    let batch = batch(&reference);
    let x = Var::from_tensor(&tensor(&reference["x"])).unwrap();

    let mut h = x.as_tensor().clone();
    for (place, layer) in layers.iter().enumerate() {
        let read = if place == 0 { h } else { h.relu().unwrap() };
        h = forward(layer, &read, &batch).unwrap();
        assert_close("convolved", &h, &tensor(&reference["convolved"][place]));
    }
    let readout = batch.readout.matmul(&h).unwrap();
    assert_close("readout", &readout, &tensor(&reference["readout"]));
    let loss = readout.sqr().unwrap().sum_all().unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));

    let gradients = loss.backward().unwrap();
    assert_close("gradient of x", gradients.get(&x).unwrap(), &tensor(&reference["grad_x"]));
    assert_gradients(&parameters, &gradients, &weights(&reference["grad_layers"], part));
}

#[test]
fn graph_convolutions_agree_with_pytorch_geometric() {
    let part = |name: &str, values: &Value| match values.is_array() {
        true => Tensors::from([(name.to_owned(), tensor(values))]),
        false => named(name, values),
    };
    assert_agrees("gcn_conv", part, GcnConv::new, |layer, x, batch| {
        let scale = degree_scale(&batch.sum_before, x.dim(0)?)?;
        layer.forward(x, &batch.sum_before, &scale)
    });
}

#[test]
fn graph_isomorphism_layers_agree_with_pytorch_geometric() {
    assert_agrees("gin_conv", named, GinConv::new, |layer, x, batch| {
        layer.forward(x, &batch.sum_before)
    });
}
