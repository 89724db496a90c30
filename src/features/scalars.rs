//! 44 numbers that describe a whole graph: size, depth, width, paths, shares of operators.
//!
//! All are dynamic programmes over the graph in topological order: O(nodes + edges). They are not
//! standardised here; the model does that against a family's statistics.

use crate::graph::{ComputeGraph, Node, Op, Shape};

/// How many scalars there are.
pub const N_SCALARS: usize = 44;

/// What each scalar is, for reports and the weights' documentation.
pub const SCALAR_NAMES: [&str; N_SCALARS] = [
    "log10 macs",
    "log10 params",
    "log2 nodes",
    "log1p depth",
    "log1p convolutions, longest path",
    "log1p convolutions, shortest path",
    "log1p convolutions k > 1, longest path",
    "log1p convolutions k > 1, shortest path",
    "log1p convolutions, random walk",
    "log1p convolutions k > 1, random walk",
    "log1p activations, longest path",
    "log1p activations, shortest path",
    "log1p activations, random walk",
    "log1p receptive field",
    "log paths / 10",
    "share of macs with k >= 3",
    "edges / nodes",
    "log1p convolutions",
    "log1p depthwise",
    "log1p max pools",
    "log1p average pools",
    "log1p adds",
    "log1p concats",
    "log1p muls",
    "share of convolutions with k > 1",
    "share of max pools",
    "share of average pools",
    "share of adds",
    "share of concats",
    "any zero node",
    "log2 mean channels",
    "log2 widest channels",
    "log1p convolutions k > 1",
    "random walk / longest path, convolutions",
    "random walk / longest path, convolutions k > 1",
    "log10 macs / params",
    "log1p strided nodes",
    "log10 volume of convolutions' outputs",
    "log10 volume of activations' outputs",
    "log sum of log fan-in",
    "log1p log fan-in, random walk",
    "log10 sum of sqrt macs",
    "log10 sum of sqrt params",
    "log10 sum of sqrt macs params",
];

/// Places of the scalars that others than the heads read, in [`SCALAR_NAMES`].
pub(crate) mod place {
    pub(crate) const LOG_MACS: usize = 0;
    pub(crate) const LOG_PARAMS: usize = 1;
    pub(crate) const LONGEST_CONVOLUTIONS: usize = 4;
    pub(crate) const WALK_ACTIVATIONS: usize = 12;
    pub(crate) const CONVOLUTIONS: usize = 17;
    pub(crate) const ACTIVATION_VOLUME: usize = 38;
    pub(crate) const FAN_IN: usize = 39;
    pub(crate) const WALK_FAN_IN: usize = 40;
    pub(crate) const ROOT_MACS: usize = 41;
    pub(crate) const ROOT_MACS_PARAMS: usize = 43;
}

/// The scalars of `graph`, in the order of [`SCALAR_NAMES`].
pub(super) fn scalars(graph: &ComputeGraph) -> [f64; N_SCALARS] {
    let n_nodes = graph.n_nodes() as f64;
    let cost = graph.cost();
    let (log_macs, log_params) = (log10(cost.macs), log10(cost.params));
    let is_conv = |node: &Node| node.op.is_conv();
    let is_spatial = |node: &Node| node.op.is_conv() && node.window() > 1;
    let is_activation = |node: &Node| node.op.is_activation();
    let convs = Paths::summing(graph, |node| f64::from(is_conv(node)));
    let spatial = Paths::summing(graph, |node| f64::from(is_spatial(node)));
    let activations = Paths::summing(graph, |node| f64::from(is_activation(node)));
    let fan_in = Paths::summing(graph, log_fan_in);
    let count =
        |test: &dyn Fn(&Node) -> bool| graph.nodes().filter(|node| test(node)).count() as f64;
    let n_of = |op: Op| count(&|node| node.op == op);
    let (n_convs, n_spatial) = (count(&is_conv), count(&is_spatial));
    let wide_macs: u64 = graph.nodes().filter(|n| n.window() >= 3).map(|n| n.macs).sum();
    let channels = || graph.nodes().map(|node| f64::from(node.output.c));
    let volume = |test: &dyn Fn(&Node) -> bool| -> f64 {
        graph.nodes().filter(|node| test(node)).map(|node| volume_of(node.output)).sum()
    };
    let over_convs = |of: &dyn Fn(&Node) -> f64| -> f64 {
        graph.nodes().filter(|node| is_conv(node)).map(of).sum()
    };
    let sqrt_macs = over_convs(&|node| (node.macs as f64).sqrt());
    let sqrt_params = over_convs(&|node| (node.params as f64).sqrt());
    let sqrt_both = over_convs(&|node| (node.macs as f64 * node.params as f64).sqrt());
    [
        log_macs,
        log_params,
        n_nodes.log2(),
        (graph.depth() as f64).ln_1p(),
        convs.longest.ln_1p(),
        convs.shortest.ln_1p(),
        spatial.longest.ln_1p(),
        spatial.shortest.ln_1p(),
        convs.walk.ln_1p(),
        spatial.walk.ln_1p(),
        activations.longest.ln_1p(),
        activations.shortest.ln_1p(),
        activations.walk.ln_1p(),
        receptive_field(graph).ln_1p(),
        log_paths(graph) / 10.0,
        ratio(wide_macs as f64, cost.macs as f64),
        graph.n_edges() as f64 / n_nodes,
        n_convs.ln_1p(),
        count(&|node| node.op.is_grouped_conv()).ln_1p(),
        n_of(Op::MaxPool).ln_1p(),
        n_of(Op::AvgPool).ln_1p(),
        n_of(Op::Add).ln_1p(),
        n_of(Op::Concat).ln_1p(),
        n_of(Op::Mul).ln_1p(),
        ratio(n_spatial, n_convs),
        n_of(Op::MaxPool) / n_nodes,
        n_of(Op::AvgPool) / n_nodes,
        n_of(Op::Add) / n_nodes,
        n_of(Op::Concat) / n_nodes,
        f64::from(n_of(Op::Zero) > 0.0),
        (channels().sum::<f64>() / n_nodes).log2(),
        channels().fold(1.0, f64::max).log2(),
        n_spatial.ln_1p(),
        ratio(convs.walk, convs.longest),
        ratio(spatial.walk, spatial.longest),
        log_macs - log_params,
        count(&Node::is_strided).ln_1p(),
        volume(&is_conv).max(1.0).log10(),
        volume(&is_activation).max(1.0).log10(),
        over_convs(&log_fan_in).max(1.0).ln(),
        fan_in.walk.ln_1p(),
        sqrt_macs.max(1.0).log10(),
        sqrt_params.max(1.0).log10(),
        sqrt_both.max(1.0).log10(),
    ]
}

/// Numbers in a tensor.
fn volume_of(shape: Shape) -> f64 {
    f64::from(shape.h) * f64::from(shape.w) * f64::from(shape.c)
}

/// ln(k^2 Cin / groups) of a convolution, 0 of anything else: how much one output value mixes.
fn log_fan_in(node: &Node) -> f64 {
    if !node.op.is_conv() {
        return 0.0;
    }
    let window = f64::from(node.kernel[0]) * f64::from(node.kernel[1]);
    let mixed = window * f64::from(node.input.c) / f64::from(node.groups.max(1));
    mixed.max(1.0).ln()
}

/// Sums of something over the nodes on the way from input to output.
struct Paths {
    longest: f64,
    shortest: f64,
    /// Mean over walks from the output back to the input that take each operand with equal chance.
    /// Backwards, since an activation that several branches read is one node: forwards the branches
    /// would share one chance, while each of them has its part in what it is added to.
    walk: f64,
}

impl Paths {
    fn summing(graph: &ComputeGraph, value: impl Fn(&Node) -> f64) -> Self {
        let n_nodes = graph.n_nodes();
        let mut longest = vec![0.0; n_nodes];
        let mut shortest = vec![0.0; n_nodes];
        let mut walk = vec![0.0; n_nodes];
        for idx in 0..n_nodes {
            let (mut most, mut least, mut sum, mut n_operands) = (0.0, f64::INFINITY, 0.0, 0.0);
            for before in graph.predecessors(idx) {
                most = f64::max(most, longest[before]);
                least = f64::min(least, shortest[before]);
                sum += walk[before];
                n_operands += 1.0;
            }
            let own = value(graph.node(idx));
            longest[idx] = own + most;
            shortest[idx] = own + if least.is_finite() { least } else { 0.0 };
            walk[idx] = own + ratio(sum, n_operands);
        }
        let last = n_nodes - 1;
        Self { longest: longest[last], shortest: shortest[last], walk: walk[last] }
    }
}

/// The side, in input pixels, of what one output value can see along the widest path.
fn receptive_field(graph: &ComputeGraph) -> f64 {
    let mut seen = vec![(1.0, 1.0); graph.n_nodes()];
    for idx in 0..graph.n_nodes() {
        let node = graph.node(idx);
        let (mut field, mut jump) = (1.0_f64, 1.0_f64);
        for before in graph.predecessors(idx) {
            field = field.max(seen[before].0);
            jump = jump.max(seen[before].1);
        }
        let span = f64::from(node.window().saturating_sub(1)) * f64::from(node.dilation);
        seen[idx] = (field + span * jump, jump * f64::from(node.stride[0].max(node.stride[1])));
    }
    seen.last().map_or(1.0, |&(field, _)| field)
}

/// Natural logarithm of the number of paths from input to output.
fn log_paths(graph: &ComputeGraph) -> f64 {
    let mut logs = vec![0.0_f64; graph.n_nodes()];
    for idx in 1..graph.n_nodes() {
        let largest = graph.predecessors(idx).map(|p| logs[p]).fold(f64::MIN, f64::max);
        let sum: f64 = graph.predecessors(idx).map(|p| (logs[p] - largest).exp()).sum();
        logs[idx] = largest + sum.ln();
    }
    logs.last().copied().unwrap_or(0.0)
}

fn log10(count: u64) -> f64 {
    (count.max(1) as f64).log10()
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Conv, GraphBuilder};

    /// image -> conv3 -> {conv3 -> conv1, identity} -> add -> output, by hand.
    #[test]
    fn scalars_of_a_small_residual_network() {
        let mut builder = GraphBuilder::new("", Shape::new(8, 8, 4));
        let stem = builder.conv(builder.image(), Conv::square(3, 2, 8));
        let branch = builder.conv(stem, Conv::square(3, 1, 8));
        let branch = builder.conv(branch, Conv::square(1, 1, 8));
        let sum = builder.add(&[stem, branch]);
        let graph = builder.build(sum).unwrap();
        let got = scalars(&graph);
        let params = f64::from(9 * 4 * 8 + 9 * 8 * 8 + 8 * 8);
        let expected = [
            ("log10 params", params.log10()),
            ("log10 macs", (params * 16.0).log10()),
            ("log2 nodes", 6_f64.log2()),
            ("log1p depth", 5_f64.ln_1p()),
            ("log1p convolutions, longest path", 3_f64.ln_1p()),
            ("log1p convolutions, shortest path", 1_f64.ln_1p()),
            ("log1p convolutions, random walk", 2_f64.ln_1p()),
            ("log1p convolutions k > 1, random walk", 1.5_f64.ln_1p()),
            ("log1p receptive field", 7_f64.ln_1p()),
            ("log paths / 10", 2_f64.ln() / 10.0),
            ("edges / nodes", 1.0),
            ("random walk / longest path, convolutions", 2.0 / 3.0),
            ("log1p strided nodes", 1_f64.ln_1p()),
            // three convolutions of 4 x 4 x 8; fan-ins 9 * 4, 9 * 8 and 8, the last two on half the walks
            ("log10 volume of convolutions' outputs", 384_f64.log10()),
            ("log sum of log fan-in", (36_f64.ln() + 72_f64.ln() + 8_f64.ln()).ln()),
            (
                "log1p log fan-in, random walk",
                (36_f64.ln() + (72_f64.ln() + 8_f64.ln()) / 2.0).ln_1p(),
            ),
            ("log10 sum of sqrt params", (288_f64.sqrt() + 576_f64.sqrt() + 8.0).log10()),
        ];
        for (name, value) in expected {
            let idx = SCALAR_NAMES.iter().position(|known| *known == name).unwrap();
            assert!((got[idx] - value).abs() < 1e-12, "{name}: {} instead of {value}", got[idx]);
        }
    }
}
