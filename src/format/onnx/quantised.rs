//! Quantised graphs as the networks that they stand for.
//!
//! [`super::walk`] has inferred their shapes; here each operation on integers becomes the one on
//! real numbers, quantise and dequantise go, and activations that a quantiser took into a range are
//! activations again. So all that follows sees one spelling of a network.

use super::network::{Kind, Network, Step, ValueId};
use super::numbers::smallest;

/// An operation on quantised numbers: what it stands for, which of its inputs that reads, and which
/// of its inputs is the zero point of the result; the scale stands before it.
type Plain = (&'static str, &'static [usize], Option<usize>);

fn plain_form(op: &str) -> Option<Plain> {
    Some(match op {
        "QLinearConv" => ("Conv", &[0, 3, 8], Some(7)),
        "ConvInteger" => ("Conv", &[0, 1], None),
        "QLinearMatMul" => ("MatMul", &[0, 3], Some(7)),
        "MatMulInteger" => ("MatMul", &[0, 1], None),
        "MatMulIntegerToFloat" => ("MatMul", &[0, 1, 6], None),
        "QGemm" => ("Gemm", &[0, 3, 6], Some(8)),
        "QLinearAdd" => ("Add", &[0, 3], Some(7)),
        "QLinearMul" => ("Mul", &[0, 3], Some(7)),
        "QLinearAveragePool" => ("AveragePool", &[0], Some(4)),
        "QLinearGlobalAveragePool" => ("GlobalAveragePool", &[0], Some(4)),
        "QLinearLeakyRelu" => ("LeakyRelu", &[0], None),
        "QLinearSigmoid" => ("Sigmoid", &[0], None),
        "QLinearSoftmax" => ("Softmax", &[0], None),
        _ => return None,
    })
}

/// Rewrites `network`; how many activations were restored. Complexity: O(steps).
pub(super) fn plain(network: &mut Network) -> usize {
    let n_values = network.values.len();
    let mut rewriting = Rewriting {
        stands_for: (0..n_values).collect(),
        is_signed: vec![false; n_values],
        is_unscaled: vec![false; n_values],
        steps: Vec::with_capacity(network.steps.len()),
        n_restored: 0,
        network,
    };
    for step in std::mem::take(&mut rewriting.network.steps) {
        rewriting.step(step);
    }
    let Rewriting { network, steps, n_restored, stands_for, .. } = rewriting;
    network.steps = steps;
    network.output = stands_for[network.output];
    n_restored
}

struct Rewriting<'n> {
    network: &'n mut Network,
    /// For each value, the one that is read in its place.
    stands_for: Vec<ValueId>,
    /// For each value, whether it may be negative.
    is_signed: Vec<bool>,
    /// For each value, whether it is a product of integers that no scale has made real.
    is_unscaled: Vec<bool>,
    steps: Vec<Step>,
    n_restored: usize,
}

impl Rewriting<'_> {
    fn step(&mut self, mut step: Step) {
        for input in step.inputs.iter_mut().flatten() {
            *input = self.stands_for[*input];
        }
        let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else {
            return self.steps.push(step);
        };
        if self.is_scaling(&step) {
            let data = step.inputs.iter().flatten().copied().find(|&id| self.network.is_data(id));
            let read = data.unwrap_or(x);
            self.stands_for[result] = read;
            self.is_unscaled[result] = step.op == "Cast" && self.is_unscaled[read];
            return;
        }
        match &step.op[..] {
            "QuantizeLinear" | "DequantizeLinear" | "DynamicQuantizeLinear" => {
                let restored = match step.op == "QuantizeLinear" {
                    true => self.activation(&step, 2).filter(|_| self.is_signed[x]),
                    false => None,
                };
                self.stands_for[result] = restored.map_or(x, |op| self.activate(op, x));
            }
            "QLinearConcat" => {
                step.op = "Concat".to_owned();
                step.inputs = step.inputs.split_off(2).into_iter().step_by(3).collect();
                self.push(step);
            }
            op => match plain_form(op) {
                Some(form) => self.replace(step, form),
                None => self.push(step),
            },
        }
    }

    fn replace(&mut self, mut step: Step, (op, inputs, zero_point): Plain) {
        let restored = zero_point.and_then(|idx| self.activation(&step, idx));
        let is_integer = matches!(&step.op[..], "ConvInteger" | "MatMulInteger");
        step.op = op.to_owned();
        step.inputs = inputs.iter().map(|&idx| step.input(idx)).collect();
        while step.inputs.last() == Some(&None) {
            step.inputs.pop();
        }
        let result = step.outputs[0];
        self.push(step);
        self.is_unscaled[result] = is_integer;
        if let Some(op) = restored.filter(|_| self.is_signed[result]) {
            self.stands_for[result] = self.activate(op, result);
        }
    }

    fn push(&mut self, step: Step) {
        let mut read = step.inputs.iter().flatten();
        let is_signed = match &step.op[..] {
            "Conv" | "ConvTranspose" | "Gemm" | "MatMul" | "BatchNormalization" => true,
            "Add" | "Sub" | "Concat" | "MaxPool" | "AveragePool" | "GlobalAveragePool"
            | "Reshape" | "Transpose" | "Flatten" | "Squeeze" | "Unsqueeze" | "Slice" | "Split" => {
                read.any(|&id| self.is_signed[id])
            }
            _ => false,
        };
        step.outputs.iter().for_each(|&id| self.is_signed[id] = is_signed);
        self.steps.push(step);
    }

    /// Whether `step` makes a product of integers real.
    fn is_scaling(&self, step: &Step) -> bool {
        let mut read = step.inputs.iter().flatten();
        let is_unscaled = read.any(|&id| self.is_unscaled[id]);
        let n_data = step.inputs.iter().flatten().filter(|&&id| self.network.is_data(id)).count();
        is_unscaled && matches!(&step.op[..], "Cast" | "Mul") && n_data == 1
    }

    /// The activation that quantising to a range without negative numbers is.
    fn activation(&self, step: &Step, zero_point: usize) -> Option<&'static str> {
        let zero = &self.network.values[step.input(zero_point)?];
        let [source] = zero.sources[..] else { return None };
        let smallest = smallest(self.network.sources[source].data_type)?;
        if zero.numbers.as_ref()?.scalar()? != smallest {
            return None;
        }
        let scale = &self.network.values[step.input(zero_point - 1)?];
        let largest = 255.0 * scale.numbers.as_ref()?.scalar()?;
        Some(if (largest - 6.0).abs() < 0.06 { "Relu6" } else { "Relu" })
    }

    /// Adds the activation `op` of `x`; its result.
    fn activate(&mut self, op: &str, x: ValueId) -> ValueId {
        let (name, dims) =
            (self.network.values[x].name.clone(), self.network.values[x].dims.clone());
        let result = self.network.add_value(&name, Kind::Data, dims);
        self.stands_for.push(result);
        self.is_signed.push(false);
        self.is_unscaled.push(false);
        self.n_restored += 1;
        self.steps.push(Step {
            op: op.to_owned(),
            name: format!("{name} {}", op.to_lowercase()),
            attributes: Default::default(),
            inputs: vec![Some(x)],
            outputs: vec![result],
        });
        result
    }
}

#[cfg(test)]
mod tests {
    use super::super::proto::Tensor;
    use super::super::sketch::{Sketch, ops};

    /// An image of 4 channels, integer weights, and scales and zero points of 8-bit numbers.
    fn start() -> Sketch {
        let mut sketch = Sketch::new(&[1, 4, 8, 8]).float("s", 0.1).float("six", 6.0 / 255.0);
        for (name, data_type, dims, zero) in [
            ("k", 3, vec![4, 4, 1, 1], None),
            ("b", 6, vec![4], None),
            ("middle", 3, vec![], Some(0)),
            ("least", 3, vec![], Some(-128)),
        ] {
            let (name, skipped) = (name.to_owned(), zero.is_none());
            let int32s = zero.into_iter().collect();
            let tensor = Tensor { name, data_type, dims, skipped, int32s, ..Tensor::default() };
            sketch.graph.initializers.push(tensor);
        }
        sketch
    }

    #[test]
    fn every_form_of_a_quantised_layer_is_that_layer() {
        let conv = |scale: &str, zero: &str| {
            let inputs = format!("x s middle k s middle {scale} {zero} b");
            start().node("QLinearConv", &inputs, "y", &[])
        };
        let pairs = |scale: &str, zero: &str| {
            start()
                .node("QuantizeLinear", "x s middle", "xq", &[])
                .node("DequantizeLinear", "xq s middle", "xd", &[])
                .node("DequantizeLinear", "k s middle", "kd", &[])
                .node("DequantizeLinear", "b s middle", "bd", &[])
                .node("Conv", "xd kd bd", "a", &[])
                .node("QuantizeLinear", &format!("a {scale} {zero}"), "aq", &[])
                .node("DequantizeLinear", &format!("aq {scale} {zero}"), "y", &[])
        };
        let dynamic = start()
            .weight("t", &[1, 4, 1, 1])
            .node("DynamicQuantizeLinear", "x", "xq xs xz", &[])
            .node("Mul", "xs s", "scale", &[])
            .node("ConvInteger", "xq k xz middle", "a", &[])
            .node("Cast", "a", "c", &[])
            .node("Mul", "c scale", "d", &[])
            .node("Add", "d t", "y", &[]);
        // an activation is known by its range: 8-bit numbers from -128, and 6 where they end there
        let cases = [
            (conv("s", "middle"), "conv"),
            (conv("s", "least"), "conv relu"),
            (conv("six", "least"), "conv relu6"),
            (pairs("s", "middle"), "conv"),
            (pairs("s", "least"), "conv relu"),
            (dynamic, "conv"),
        ];
        for (sketch, expected) in cases {
            let options =
                super::super::OnnxOptions { restore_batch_norm: false, ..Default::default() };
            let (graph, notes) = sketch.ends("y").read_with(&options).unwrap();
            assert_eq!(ops(&graph), expected);
            assert_eq!((graph.cost().params, graph.cost().macs), (16 + 4, 16 * 64), "{expected}");
            assert_eq!(notes.len(), usize::from(expected != "conv"), "{notes:?}");
        }
    }
}
