//! How much of a network is alive at once while it runs.

use super::ComputeGraph;

impl ComputeGraph {
    /// The most numbers that activations hold at once, one image, nodes run in the graph's order.
    ///
    /// A result lives from the node that writes it to the last one that reads it; operands and
    /// result of a node live together. Frameworks need less where they work in place, and more where
    /// a convolution unfolds its input. Complexity: O(nodes + edges).
    pub fn peak_activations(&self) -> u64 {
        let size = |idx: usize| {
            let shape = self.node(idx).output;
            u64::from(shape.h) * u64::from(shape.w) * u64::from(shape.c)
        };
        let mut last_read: Vec<usize> = (0..self.n_nodes()).collect();
        for (from, to) in self.edges() {
            last_read[from] = last_read[from].max(to);
        }
        let mut dies_at = vec![Vec::new(); self.n_nodes()];
        for (idx, &last) in last_read.iter().enumerate() {
            dies_at[last].push(idx);
        }
        let (mut alive, mut peak) = (0_u64, 0);
        for (idx, dying) in dies_at.iter().enumerate() {
            alive = alive.saturating_add(size(idx));
            peak = peak.max(alive);
            alive = alive.saturating_sub(dying.iter().map(|&idx| size(idx)).sum());
        }
        peak
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::{Conv, GraphBuilder, Op, Shape};

    #[test]
    fn a_skip_connection_keeps_its_tensor_alive() {
        // by hand, in numbers: 4 x 4 x 2 = 32 in, 4 x 4 x 8 = 128 a map
        let network = |skip: bool| {
            let mut net = GraphBuilder::new("", Shape::new(4, 4, 2));
            let stem = net.conv(net.image(), Conv::square(3, 1, 8));
            let x = net.activation(stem, Op::Relu);
            let x = net.conv(x, Conv::square(3, 1, 8));
            let x = if skip { net.add(&[x, stem]) } else { x };
            net.build(x).unwrap().peak_activations()
        };
        assert_eq!(network(false), 2 * 128);
        assert_eq!(network(true), 3 * 128);
    }
}
