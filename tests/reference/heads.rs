//! Four heads, their weighted sum and the masked loss, as PyTorch computes them.

use candle_core::{Tensor, Var};
use gennape::fit::regression::Labels;
use gennape::model::config::HeadsConfig;
use gennape::model::heads::{Heads, weighted_sum};
use serde_json::Value;

use crate::support::{Tensors, assert_close, assert_gradients, build, reference, tensor};

/// The heads' linear layers stacked as ours are: weights `[n_heads, d_in, d_out]` (PyTorch's
/// transposed), biases `[n_heads, 1, d_out]`.
fn stacked(heads: &Value) -> Tensors {
    let heads = heads.as_array().unwrap();
    let mut weights = Tensors::new();
    for layer in 0..3 {
        let of_heads = |part: &str| -> Vec<Tensor> {
            heads.iter().map(|head| tensor(&head[layer][part])).collect()
        };
        let weight = Tensor::stack(&of_heads("weight"), 0).unwrap().transpose(1, 2).unwrap();
        let bias = Tensor::stack(&of_heads("bias"), 0).unwrap().unsqueeze(1).unwrap();
        weights.insert(format!("layers.{layer}.weight"), weight);
        weights.insert(format!("layers.{layer}.bias"), bias);
    }
    weights
}

#[test]
fn heads_weighted_sum_loss_and_gradients_agree_with_pytorch() {
    let reference = reference("heads");
    let config = HeadsConfig { hidden: vec![16, 16], relu: vec![true, true] };
    let (heads, parameters) =
        build(&stacked(&reference["weights"]), |vb| Heads::new(&config, (4, 45, 2), vb));
    let x = Var::from_tensor(&tensor(&reference["x"])).unwrap();
    let rows: Vec<Vec<Option<f32>>> = serde_json::from_value(reference["labels"].clone()).unwrap();
    let labels = Labels::new(&rows).unwrap();
    assert_eq!(labels.n_present(), 9);

    let outputs = heads.forward(&x).unwrap();
    assert_close("outputs", &outputs, &tensor(&reference["outputs"]));
    let weighted = weighted_sum(&outputs, &tensor(&reference["memberships"])).unwrap();
    assert_close("weighted", &weighted, &tensor(&reference["weighted"]));
    let loss = labels.mean_squared_error(&weighted).unwrap();
    assert_close("loss", &loss, &tensor(&reference["loss"]));

    let gradients = loss.backward().unwrap();
    assert_close("gradient of x", gradients.get(&x).unwrap(), &tensor(&reference["grad_x"]));
    assert_gradients(&parameters, &gradients, &stacked(&reference["grad_weights"]));
}
