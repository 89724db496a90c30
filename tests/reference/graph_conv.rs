//! Three graph convolutions with tanh and a mean readout, as PyTorch Geometric computes them.

use candle_core::Var;
use gennape::model::graph_conv::GraphConv;
use serde_json::Value;

use crate::support::{
    Tensors, assert_close, assert_gradients, batch, build, named, reference, tensor,
};

fn weights(layers: &Value) -> Tensors {
    let layers = layers.as_array().unwrap().iter().enumerate();
    layers
        .flat_map(|(layer, parts)| {
            ["lin_rel", "lin_root"]
                .into_iter()
                .flat_map(move |part| named(&format!("{layer}.{part}"), &parts[part]))
        })
        .collect()
}

#[test]
fn convolutions_and_their_gradients_agree_with_pytorch_geometric() {
    let reference = reference("graph_conv");
    let (layers, parameters) = build(&weights(&reference["layers"]), |vb| {
        (0..3).map(|layer| GraphConv::new(32, 32, vb.pp(layer))).collect::<Result<Vec<_>, _>>()
    });
    let batch = batch(&reference);
    let x = Var::from_tensor(&tensor(&reference["x"])).unwrap();

    let mut h = x.as_tensor().clone();
    for (layer, convolution) in layers.iter().enumerate() {
        let convolved = convolution.forward(&h, &batch.sum_before).unwrap();
        assert_close("convolved", &convolved, &tensor(&reference["convolved"][layer]));
        h = convolved.tanh().unwrap();
        assert_close("activated", &h, &tensor(&reference["activated"][layer]));
    }
    let readout = batch.readout.matmul(&h).unwrap();
    assert_close("readout", &readout, &tensor(&reference["readout"]));
    let loss = readout.sqr().unwrap().sum_all().unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));

    let gradients = loss.backward().unwrap();
    assert_close("gradient of x", gradients.get(&x).unwrap(), &tensor(&reference["grad_x"]));
    assert_gradients(&parameters, &gradients, &weights(&reference["grad_layers"]));
}
