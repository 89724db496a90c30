//! The canonical form: one graph for one network, however it was written down.
//!
//! Steps 3 to 6 of the computational graph's definition: bridge pass-through nodes, keep what lies
//! between input and output, merge repeats, flatten sums. The same network from a text, an ONNX or
//! a Keras file so gives the same [`super::ComputeGraph`].

use std::collections::HashMap;

use super::draft::{Draft, Operand, Slot};
use super::node::Attributes;
use super::op::Op;
use super::part::Part;

/// Brings `draft` into canonical form. Complexity: O(rounds (nodes + edges)); a round per level of
/// nested sums.
pub(super) fn canonicalise(draft: &mut Draft) {
    bridge(draft);
    keep_live(draft);
    loop {
        merge_repeats(draft);
        if !flatten_sums(draft) {
            break;
        }
    }
    resolve_input_sizes(draft);
}

/// Step 3: nodes that pass their tensor through vanish, their readers read their operand.
fn bridge(draft: &mut Draft) {
    let passes = |op| matches!(op, Op::Identity | Op::Pad | Op::SpaceToBatch | Op::BatchToSpace);
    let keep = replace_readers(draft, |_, node_op, operands| {
        passes(node_op).then(|| operands.first().copied()).flatten()
    });
    draft.retain(&keep);
}

/// Step 4: only nodes on a path from input to output stay. A zero tensor is a constant and cuts
/// the path, unless nothing else joins input to output.
fn keep_live(draft: &mut Draft) {
    let mut depends = depends_on_input(draft, false);
    if depends.last() != Some(&true) {
        depends = depends_on_input(draft, true);
    }
    draft.retain(&depends);
    let reaches = draft.reaches_output();
    draft.retain(&reaches);
}

/// For each slot, whether its value depends on the image.
fn depends_on_input(draft: &Draft, through_zeros: bool) -> Vec<bool> {
    let mut depends: Vec<bool> = Vec::with_capacity(draft.slots.len());
    for slot in &draft.slots {
        let mut operands = slot.operands.iter().map(|operand| depends[operand.slot]);
        depends.push(match slot.node.op {
            Op::Input => true,
            Op::Zero => through_zeros && operands.any(|live| live),
            Op::Mul => operands.all(|live| live),
            _ => operands.any(|live| live),
        });
    }
    depends
}

/// What makes two nodes without weights the same: operator, attributes, operands.
type Repeat = (Attributes, Vec<Operand>);

/// Steps 5a and 5b in one forward pass: parallel edges merge, sums and products of one tensor and
/// whole single-operand concats vanish, equal nodes without params become one.
fn merge_repeats(draft: &mut Draft) {
    let channels: Vec<u32> = draft.slots.iter().map(|slot| slot.node.output.c).collect();
    let attributes: Vec<Attributes> =
        draft.slots.iter().map(|slot| slot.node.attributes()).collect();
    let mut seen: HashMap<Repeat, usize> = HashMap::new();
    let keep = replace_readers(draft, |idx, op, operands| {
        if op != Op::Concat {
            operands.sort_unstable();
            operands.dedup();
        }
        let is_trivial = match op {
            Op::Add | Op::Mul => operands.len() == 1,
            Op::Concat => operands.len() == 1 && channels[operands[0].slot] == channels[idx],
            _ => false,
        };
        if is_trivial {
            return Some(operands[0]);
        }
        if attributes[idx].params > 0 || matches!(op, Op::Input | Op::Output) {
            return None;
        }
        let first = *seen.entry((attributes[idx], operands.clone())).or_insert(idx);
        (first != idx).then_some(Operand::whole(first))
    });
    draft.retain(&keep);
}

/// One forward pass that redirects operands to their replacements. `replacement` sees a slot's
/// index, operator and (already redirected) operands, and may name the tensor that stands for it; a
/// part of a replaced tensor is that part of its replacement. Returns which slots stay.
fn replace_readers(
    draft: &mut Draft,
    mut replacement: impl FnMut(usize, Op, &mut Vec<Operand>) -> Option<Operand>,
) -> Vec<bool> {
    let mut stands_for: Vec<Operand> = (0..draft.slots.len()).map(Operand::whole).collect();
    for (idx, slot) in draft.slots.iter_mut().enumerate() {
        for operand in &mut slot.operands {
            let Operand { slot, part } = stands_for[operand.slot];
            *operand = Operand { slot, part: part.then(operand.part) };
        }
        if let Some(other) = replacement(idx, slot.node.op, &mut slot.operands) {
            stands_for[idx] = other;
        }
    }
    stands_for.iter().enumerate().map(|(idx, other)| idx == other.slot).collect()
}

/// Step 5c: sums that only another sum reads merge into it, innermost first and all at once.
/// Returns whether anything changed.
fn flatten_sums(draft: &mut Draft) -> bool {
    let readers = readers_of(draft);
    let is_add = |idx: usize| draft.slots[idx].node.op == Op::Add;
    let nested: Vec<bool> = (0..draft.slots.len())
        .map(|idx| {
            is_add(idx) && matches!(readers[idx][..], [(reader, Part::WHOLE)] if is_add(reader))
        })
        .collect();
    let innermost: Vec<bool> = (0..draft.slots.len())
        .map(|idx| nested[idx] && !draft.slots[idx].operands.iter().any(|o| nested[o.slot]))
        .collect();
    if !innermost.contains(&true) {
        return false;
    }
    for idx in 0..draft.slots.len() {
        if draft.slots[idx].operands.iter().any(|operand| innermost[operand.slot]) {
            let operands = std::mem::take(&mut draft.slots[idx].operands);
            draft.slots[idx].operands = operands
                .into_iter()
                .flat_map(|o| match innermost[o.slot] {
                    true => draft.slots[o.slot].operands.clone(),
                    false => vec![o],
                })
                .collect();
        }
    }
    let keep: Vec<bool> = innermost.iter().map(|merged| !merged).collect();
    draft.retain(&keep);
    true
}

/// For each slot, what reads it, and which part of it.
fn readers_of(draft: &Draft) -> Vec<Vec<(usize, Part)>> {
    let mut readers: Vec<Vec<(usize, Part)>> = vec![Vec::new(); draft.slots.len()];
    for (idx, slot) in draft.slots.iter().enumerate() {
        for operand in &slot.operands {
            let reader = (idx, operand.part);
            if readers[operand.slot].last() != Some(&reader) {
                readers[operand.slot].push(reader);
            }
        }
    }
    readers
}

/// Step 6: convolutions and pools state the size of the map they read in this graph, so a bridged
/// crop or pad does not show.
fn resolve_input_sizes(draft: &mut Draft) {
    for idx in 0..draft.slots.len() {
        let Slot { node, operands } = &draft.slots[idx];
        let reads_map = node.op.is_conv() || node.op.is_window_pool();
        if let Some(operand) = operands.first().filter(|_| reads_map) {
            let read = draft.slots[operand.slot].node.output;
            let input = &mut draft.slots[idx].node.input;
            (input.h, input.w) = (read.h, read.w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{ComputeGraph, GraphBuilder, Node, Shape, Tensor};

    fn graph(write: impl FnOnce(&mut GraphBuilder, Tensor) -> Tensor) -> ComputeGraph {
        let mut builder = GraphBuilder::new("", Shape::new(8, 8, 4));
        let image = builder.image();
        let logits = write(&mut builder, image);
        builder.build(logits).unwrap()
    }

    fn half(builder: &mut GraphBuilder, x: Tensor, which: i64) -> Tensor {
        let half = x.part(Part::of(&[which]));
        builder.activation(half, Op::Relu)
    }

    #[test]
    fn parts_of_one_tensor_are_different_operands_joined_by_one_edge() {
        let gate = graph(|builder, x| {
            let x = builder.activation(x, Op::Tanh);
            builder.mul(&[x.part(Part::of(&[0])), x.part(Part::of(&[1]))])
        });
        assert_eq!((gate.n_nodes(), gate.n_edges()), (4, 3));
        let whole = graph(|builder, x| {
            let x = builder.activation(x, Op::Tanh);
            builder.mul(&[x, x])
        });
        assert_eq!((whole.n_nodes(), whole.n_edges()), (3, 2));
    }

    #[test]
    fn equal_nodes_merge_only_where_they_read_the_same_part() {
        let cases = [([0, 0], 5), ([0, 1], 6)];
        for ([a, b], n_nodes) in cases {
            let graph = graph(|builder, x| {
                let x = builder.activation(x, Op::Tanh);
                let (a, b) = (half(builder, x, a), half(builder, x, b));
                builder.concat(&[a, b])
            });
            assert_eq!(graph.n_nodes(), n_nodes, "{a} {b}");
        }
    }

    #[test]
    fn a_part_of_a_bridged_part_is_a_part_of_what_was_bridged() {
        let nested = |outer: i64, inner: i64| {
            graph(|builder, x| {
                let x = builder.activation(x, Op::Tanh);
                let copy = Node::new(Op::Identity, x.shape(), x.shape());
                let copy = builder.push(copy, &[x.part(Part::of(&[outer]))]);
                builder.add(&[
                    copy.part(Part::of(&[inner])),
                    x.part(Part::of(&[1]).then(Part::of(&[2]))),
                ])
            })
        };
        assert_eq!(nested(1, 2).n_nodes(), 3);
        assert_eq!(nested(2, 1).n_nodes(), 4);
    }

    #[test]
    fn a_sum_of_a_part_of_a_sum_stays_a_sum_of_its_own() {
        let nested = |cut: bool| {
            graph(|builder, x| {
                let (a, b) = (builder.activation(x, Op::Tanh), builder.activation(x, Op::Relu));
                let sum = builder.add(&[a, b]);
                let sum = if cut { sum.part(Part::of(&[1])) } else { sum };
                builder.add(&[sum, x])
            })
        };
        assert_eq!(nested(false).n_nodes(), 5);
        assert_eq!(nested(true).n_nodes(), 6);
    }
}
