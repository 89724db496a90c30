//! The original network's node features, as columns that one linear map turns into its 32.
//!
//! The original looks operators and kernels up in tables; a table row is a one-hot column times a
//! matrix, so the tables live in the encoder and this file writes the one-hot columns.

use crate::graph::GraphView;

/// Operators of the original vocabulary.
pub(crate) const N_OPS: usize = 27;
/// Kernel sides 0 to 7; larger ones count as 7.
pub(crate) const N_KERNELS: usize = 8;
/// Resolution columns: Hin, Hout, Win, Wout (divided by 256), Cin, Cout (by 512).
pub(crate) const N_SIZES: usize = 6;

/// Operator of a regular node, operator of a weighted node, sizes, kernel height, kernel width,
/// bias (no, yes), weighted.
pub(super) const N_COLUMNS: usize = 2 * N_OPS + N_SIZES + 2 * N_KERNELS + 2 + 1;

/// Row-major `[n_nodes, 79]`.
pub(super) fn features(view: &GraphView<'_>) -> Vec<f32> {
    let mut rows = vec![0.0; view.nodes.len() * N_COLUMNS];
    for (row, view_node) in rows.chunks_exact_mut(N_COLUMNS).zip(&view.nodes) {
        let node = view_node.node;
        let weighted = node.op.has_weights();
        let op = usize::from(node.op.fallback().number());
        row[if weighted { N_OPS + op } else { op }] = 1.0;
        let (_, row) = row.split_at_mut(2 * N_OPS);
        let (sizes, row) = row.split_at_mut(N_SIZES);
        let pixels = [node.input.h, node.output.h, node.input.w, node.output.w];
        for (column, side) in sizes.iter_mut().zip(pixels) {
            *column = side as f32 / 256.0;
        }
        for (column, channels) in sizes[4..].iter_mut().zip([node.input.c, node.output.c]) {
            *column = channels as f32 / 512.0;
        }
        if weighted {
            let clamped = node.kernel.map(|side| (side as usize).min(N_KERNELS - 1));
            row[clamped[0]] = 1.0;
            row[N_KERNELS + clamped[1]] = 1.0;
            row[2 * N_KERNELS + usize::from(node.bias)] = 1.0;
            row[2 * N_KERNELS + 2] = 1.0;
        }
    }
    rows
}
