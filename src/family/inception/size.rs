//! How many blocks and paths the space has.

use super::{inner_widths, text, widths};

/// How many different blocks a stage of `c_out` channels can have.
pub(super) fn count_blocks(c_out: u32) -> f64 {
    let block = |n_paths: usize| {
        let widths = widths(n_paths, c_out);
        // by_length[n]: rows of paths so far that have n operations together
        let mut by_length = vec![1.0];
        for width in &widths {
            let mut longer = vec![0.0; text::OPS_A_PATH * n_paths + 1];
            for (before, count) in by_length.iter().enumerate() {
                for n_ops in 1..longer.len().saturating_sub(before) {
                    longer[before + n_ops] += count * count_paths(n_ops, *width);
                }
            }
            by_length = longer;
        }
        // which of three paths has half of the channels
        let n_orders = if widths.first() == widths.last() { 1.0 } else { 3.0 };
        n_orders * by_length.iter().sum::<f64>()
    };
    text::N_PATHS.map(block).sum()
}

/// How many paths of `n_ops` operations have `c_out` channels.
pub(super) fn count_paths(n_ops: usize, c_out: u32) -> f64 {
    let n_inner = |n_changing: usize| {
        if n_changing < 2 { 1.0 } else { inner_widths(c_out).len() as f64 }
    };
    let rest = 8_f64.powi(n_ops as i32 - 1);
    let conv_alone = 8.0 * rest * n_inner(n_ops);
    if n_ops == 1 {
        return conv_alone;
    }
    let with_supp = 2.0 * n_ops as f64 * rest * (n_inner(n_ops) + n_inner(n_ops - 1));
    conv_alone + with_supp
}
