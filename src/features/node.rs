//! The 26 scale-free node features of the `default` preset.
//!
//! Attributes are shared by similar operators, sizes are relative to the network's own: what was
//! learned on one family then means the same in another. Absolute size is in the scalars alone.

use std::collections::HashMap;

use crate::graph::{ComputeGraph, GraphView, Op, ViewNode};

/// Columns of the matrix.
pub(super) const N_COLUMNS: usize = 26;
/// How many of them are attributes of the operator.
const N_ATTRIBUTES: usize = 13;

/// Row-major `[n_nodes, 26]`: 13 operator attributes, norm, activation, k = 1, k = 3, k >= 5,
/// strided, log2(Cout / widest Cout at this resolution) / 2, log2(Cout / Cin) / 2, position from
/// the input and from the output (longest path / depth), log2(Hinput / Hout) / 5, and
/// log10(share + 1e-4) / 4 + 1 for the shares of MACs and of params.
pub(super) fn features(graph: &ComputeGraph, view: &GraphView<'_>) -> Vec<f32> {
    let from_input = longest(view, view.edges.iter().copied());
    let from_output = longest(view, view.edges.iter().rev().map(|&(from, to)| (to, from)));
    let depth = f64::from(from_input.last().copied().unwrap_or(0).max(1));
    let widest = widest_by_height(view);
    let cost = graph.cost();
    let share = |part: u64, whole: u64| {
        let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        (share + 1e-4).log10() / 4.0 + 1.0
    };
    let log2_ratio = |a: u32, b: u32| (f64::from(a) / f64::from(b)).log2();
    let mut rows = Vec::with_capacity(view.nodes.len() * N_COLUMNS);
    for (idx, ViewNode { node, norm, activation, params, macs }) in view.nodes.iter().enumerate() {
        let (input, output, window) = (node.input, node.output, node.window());
        let flags = [*norm, *activation, window == 1, (2..5).contains(&window), window >= 5];
        let numbers = [
            log2_ratio(output.c, widest[&output.h]) / 2.0,
            log2_ratio(output.c, input.c) / 2.0,
            f64::from(from_input[idx]) / depth,
            f64::from(from_output[idx]) / depth,
            log2_ratio(graph.input_shape().h, output.h) / 5.0,
            share(*macs, cost.macs),
            share(*params, cost.params),
        ];
        rows.extend(attributes(node.op).map(f32::from));
        rows.extend(flags.map(f32::from));
        rows.push(f32::from(node.is_strided()));
        rows.extend(numbers.map(|number| number as f32));
    }
    rows
}

/// Convolution, grouped, pooling, add, concat, mul, activation, norm, dense product, global
/// pooling, input, output, zero; an operator may have several.
fn attributes(op: Op) -> [bool; N_ATTRIBUTES] {
    let resizes = matches!(op, Op::Upsample | Op::SpaceToDepth | Op::DepthToSpace);
    let is_global = op.is_global_pool() || op == Op::Reduce;
    [
        op.is_conv(),
        op.is_grouped_conv(),
        op.is_window_pool() || is_global || resizes,
        op == Op::Add,
        op == Op::Concat,
        op == Op::Mul,
        op.is_activation(),
        op.is_norm(),
        matches!(op, Op::Linear | Op::Matmul | Op::Embedding | Op::Recurrent),
        is_global,
        op == Op::Input,
        op == Op::Output,
        op == Op::Zero,
    ]
}

/// Edges on the longest path that leads to each node along `edges`, which come in an order that
/// finishes a node before it is left.
fn longest(view: &GraphView<'_>, edges: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut longest = vec![0; view.nodes.len()];
    for (from, to) in edges {
        longest[to as usize] = longest[to as usize].max(longest[from as usize] + 1);
    }
    longest
}

fn widest_by_height(view: &GraphView<'_>) -> HashMap<u32, u32> {
    let mut widest = HashMap::new();
    for ViewNode { node, .. } in &view.nodes {
        let entry = widest.entry(node.output.h).or_insert(0);
        *entry = node.output.c.max(*entry);
    }
    widest
}
