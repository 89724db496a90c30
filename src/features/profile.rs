//! What kinds of layers a graph has: counts of operators, where its MACs are, how large its image is.
//!
//! The encoder does not read it; models on whole graphs do ([`crate::adapt`]), for which it tells
//! kinds of networks apart that the scalars do not.

use crate::graph::{ComputeGraph, Node, Op};

/// Operators that are counted.
const N_OPS: usize = Op::ALL.len();
/// How many numbers there are: a count each operator, three shares of MACs, the image's side.
pub const N_PROFILE: usize = N_OPS + 4;

/// The place of the share of MACs in dense products.
pub(super) const DENSE_SHARE: usize = N_OPS + 2;
/// The place of the image's side.
pub(super) const LOG2_SIDE: usize = N_OPS + 3;

/// What each number is, in their order.
pub fn profile_names() -> Vec<String> {
    let counts = Op::ALL.iter().map(|op| format!("log1p {} nodes", op.name()));
    let rest = [
        "share of macs in convolutions",
        "share of macs in grouped convolutions",
        "share of macs in dense products",
        "log2 side of the image",
    ];
    counts.chain(rest.map(str::to_owned)).collect()
}

/// log1p of the number of nodes of each operator, shares of MACs in convolutions, grouped
/// convolutions and dense products, log2 of the image's side. Complexity: O(nodes).
pub(super) fn profile(graph: &ComputeGraph) -> [f32; N_PROFILE] {
    let mut numbers = [0.0_f64; N_PROFILE];
    let (counts, rest) = numbers.split_at_mut(N_OPS);
    for node in graph.nodes() {
        counts[usize::from(node.op.number())] += 1.0;
    }
    counts.iter_mut().for_each(|count| *count = count.ln_1p());
    let all = graph.cost().macs.max(1) as f64;
    let share = |test: fn(&Node) -> bool| -> f64 {
        graph.nodes().filter(|node| test(node)).map(|node| node.macs).sum::<u64>() as f64 / all
    };
    rest[0] = share(|node| node.op.is_conv() && !node.op.is_grouped_conv());
    rest[1] = share(|node| node.op.is_grouped_conv());
    rest[2] = share(|node| matches!(node.op, Op::Linear | Op::Matmul));
    let image = graph.input_shape();
    rest[3] = (f64::from(image.h.max(1)) * f64::from(image.w.max(1))).log2() / 2.0;
    numbers.map(|number| number as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;
    use crate::format;

    // nb201's strings of all 3x3 convolutions: 15 cells of 6, a stem, 2 blocks of 3 between stages
    #[test]
    fn counts_layers_and_shares_macs_out_among_their_kinds() {
        let text = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+\
                    |nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|";
        let variant = &family::by_name("nb201").unwrap().variants()[0];
        let graph = format::parse(text).unwrap().build(variant).unwrap();
        let profile = profile(&graph);
        let named =
            |name: &str| profile[profile_names().iter().position(|own| own == name).expect(name)];
        assert_eq!(profile_names().len(), N_PROFILE);
        assert_eq!(named("log1p conv nodes"), (15.0_f64 * 6.0 + 1.0 + 6.0).ln_1p() as f32);
        assert_eq!(named("log1p depthwise nodes"), 0.0);
        assert_eq!(named("log2 side of the image"), 5.0);
        let shares =
            named("share of macs in convolutions") + named("share of macs in dense products");
        assert!((shares - 1.0).abs() < 1e-6, "{shares}");
    }
}
