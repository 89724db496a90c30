//! Joins operators that exporters spell out into one: activations, norms, biases, batch norms.
//!
//! What an operator that stands alone computes is left to [`super::lower`]. A joined step has the
//! name of the standard's own operator, with further inputs for what it took in.

mod affine;
mod cone;
mod signal;

use super::network::{Network, Step, ValueId};
use super::proto::Attribute;

/// A network whose steps are being joined: who writes and reads what, and which steps are gone.
struct Fusion<'n> {
    network: &'n mut Network,
    producers: Vec<Option<usize>>,
    readers: Vec<Vec<usize>>,
    gone: Vec<bool>,
}

/// Joins what belongs together in `network`. Complexity: O(steps).
pub(super) fn fuse(network: &mut Network) {
    for pass in
        [affine::means, cone::cones, affine::biases, affine::batch_norms, affine::group_norms]
    {
        let mut fusion = Fusion {
            producers: network.producers(),
            readers: network.readers(),
            gone: vec![false; network.steps.len()],
            network,
        };
        pass(&mut fusion);
        let keep: Vec<bool> = fusion.gone.iter().map(|gone| !gone).collect();
        network.retain(&keep);
    }
}

impl Fusion<'_> {
    fn step(&self, idx: usize) -> &Step {
        &self.network.steps[idx]
    }

    /// The one step that reads `value`, if nothing else needs it.
    fn only_reader(&self, value: ValueId) -> Option<usize> {
        match self.readers[value][..] {
            [reader] if value != self.network.output && !self.gone[reader] => Some(reader),
            _ => None,
        }
    }

    /// The step that alone reads the first result of step `idx`.
    fn next(&self, idx: usize) -> Option<usize> {
        self.only_reader(*self.step(idx).outputs.first()?)
    }

    /// Step `last` joins step `first`: it is gone, and `first` writes its result.
    fn absorb(&mut self, first: usize, last: usize) {
        let result = self.network.steps[last].outputs[0];
        self.network.steps[first].outputs = vec![result];
        self.producers[result] = Some(first);
        self.gone[last] = true;
    }

    /// The constant operand of a step that combines one with data.
    fn constant_operand(&self, idx: usize) -> Option<ValueId> {
        match self.step(idx).inputs[..] {
            [Some(a), Some(b)] => match (self.network.is_data(a), self.network.is_data(b)) {
                (true, false) => Some(b),
                (false, true) => Some(a),
                _ => None,
            },
            _ => None,
        }
    }
}

/// An attribute that holds an integer.
fn int_attribute(name: &str, value: usize) -> Attribute {
    Attribute { name: name.to_owned(), i: value as i64, ..Attribute::default() }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{Sketch, ops, row};

    /// An image with what the operations below read.
    fn start() -> Sketch {
        [("two", 2.0), ("eps", 1e-5), ("one", 1.0), ("three", 3.0), ("zero", 0.0), ("six", 6.0)]
            .into_iter()
            .fold(Sketch::new(&[1, 4, 8, 8]), |sketch, (name, float)| sketch.float(name, float))
            .weight("k", &[4, 4, 1, 1])
            .weight("s", &[4, 1, 1])
            .weight("t", &[4, 1, 1])
    }

    #[test]
    fn decomposed_operators_become_one() {
        let channel = [row("axes", &[1])];
        let centred = start()
            .node("ReduceMean", "x", "m", &channel)
            .node("Sub", "x m", "d", &[])
            .node("Pow", "d two", "q", &[])
            .node("ReduceMean", "q", "v", &channel)
            .node("Add", "v eps", "e", &[])
            .node("Sqrt", "e", "r", &[])
            .node("Div", "d r", "n", &[])
            .node("Mul", "n s", "g", &[])
            .node("Add", "g t", "y", &[]);
        let plain = start()
            .node("Mul", "x x", "q", &[])
            .node("ReduceMean", "q", "v", &channel)
            .node("Add", "v eps", "e", &[])
            .node("Sqrt", "e", "r", &[])
            .node("Reciprocal", "r", "i", &[])
            .node("Mul", "x i", "n", &[])
            .node("Mul", "n s", "y", &[]);
        let hard_swish = start()
            .node("Add", "x three", "a", &[])
            .node("Clip", "a zero six", "b", &[])
            .node("Div", "b six", "c", &[])
            .node("Mul", "x c", "y", &[]);
        let gate = start().node("Tanh", "x", "h", &[]).node("Sigmoid", "h", "b", &[]).node(
            "Mul",
            "x b",
            "y",
            &[],
        );
        let biased = start().node("Conv", "x k", "a", &[]).node("Add", "t a", "y", &[]);
        let normed = start().node("Conv", "x k", "a", &[]).node("Mul", "s a", "b", &[]).node(
            "Add",
            "b t",
            "y",
            &[],
        );
        let group = start()
            .ints("groups", &[1, 2, -1])
            .ints("map", &[1, 4, 8, 8])
            .weight("g1", &[2])
            .weight("g2", &[2])
            .node("Reshape", "x groups", "a", &[])
            .node("InstanceNormalization", "a g1 g2", "b", &[])
            .node("Reshape", "b map", "c", &[])
            .node("Mul", "c s", "d", &[])
            .node("Add", "d t", "y", &[]);
        let cases = [
            (centred, "layernorm", 8),
            (plain, "layernorm", 4),
            (hard_swish, "hswish", 0),
            (gate, "mul sigmoid tanh", 0),
            (biased.clone(), "batchnorm conv", 16 + 8),
            (normed, "batchnorm conv", 16 + 8),
            (group, "groupnorm", 8),
        ];
        for (sketch, expected, params) in cases {
            let (graph, _) = sketch.ends("y").read().unwrap();
            assert_eq!((ops(&graph).as_str(), graph.cost().params), (expected, params));
        }
        let options = super::super::OnnxOptions { restore_batch_norm: false, ..Default::default() };
        let (graph, _) = biased.ends("y").read_with(&options).unwrap();
        assert_eq!((ops(&graph).as_str(), graph.cost().params), ("conv", 16 + 4));
    }
}
