//! The canonical form: one graph for one network, however it was written down.
//!
//! Steps 3 to 6 of the computational graph's definition: bridge pass-through nodes, keep what lies
//! between input and output, merge repeats, flatten sums. The same network from a text, an ONNX or
//! a Keras file so gives the same [`super::ComputeGraph`].

use std::collections::HashMap;

use super::draft::{Draft, Slot};
use super::node::Attributes;
use super::op::Op;

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
        let mut operands = slot.operands.iter().map(|&operand| depends[operand]);
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
type Repeat = (Attributes, Vec<usize>);

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
            Op::Concat => operands.len() == 1 && channels[operands[0]] == channels[idx],
            _ => false,
        };
        if is_trivial {
            return Some(operands[0]);
        }
        if attributes[idx].params > 0 || matches!(op, Op::Input | Op::Output) {
            return None;
        }
        let first = *seen.entry((attributes[idx], operands.clone())).or_insert(idx);
        (first != idx).then_some(first)
    });
    draft.retain(&keep);
}

/// One forward pass that redirects operands to their replacements. `replacement` sees a slot's
/// index, operator and (already redirected) operands, and may name the slot that stands for it.
/// Returns which slots stay.
fn replace_readers(
    draft: &mut Draft,
    mut replacement: impl FnMut(usize, Op, &mut Vec<usize>) -> Option<usize>,
) -> Vec<bool> {
    let mut stands_for: Vec<usize> = (0..draft.slots.len()).collect();
    for (idx, slot) in draft.slots.iter_mut().enumerate() {
        for operand in &mut slot.operands {
            *operand = stands_for[*operand];
        }
        if let Some(other) = replacement(idx, slot.node.op, &mut slot.operands) {
            stands_for[idx] = other;
        }
    }
    stands_for.iter().enumerate().map(|(idx, &other)| idx == other).collect()
}

/// Step 5c: sums that only another sum reads merge into it, innermost first and all at once.
/// Returns whether anything changed.
fn flatten_sums(draft: &mut Draft) -> bool {
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); draft.slots.len()];
    for (idx, slot) in draft.slots.iter().enumerate() {
        for &operand in &slot.operands {
            if readers[operand].last() != Some(&idx) {
                readers[operand].push(idx);
            }
        }
    }
    let is_add = |idx: usize| draft.slots[idx].node.op == Op::Add;
    let nested: Vec<bool> = (0..draft.slots.len())
        .map(|idx| is_add(idx) && matches!(readers[idx][..], [reader] if is_add(reader)))
        .collect();
    let innermost: Vec<bool> = (0..draft.slots.len())
        .map(|idx| nested[idx] && !draft.slots[idx].operands.iter().any(|&o| nested[o]))
        .collect();
    if !innermost.contains(&true) {
        return false;
    }
    for idx in 0..draft.slots.len() {
        if draft.slots[idx].operands.iter().any(|&operand| innermost[operand]) {
            let operands = std::mem::take(&mut draft.slots[idx].operands);
            draft.slots[idx].operands = operands
                .into_iter()
                .flat_map(|o| if innermost[o] { draft.slots[o].operands.clone() } else { vec![o] })
                .collect();
        }
    }
    let keep: Vec<bool> = innermost.iter().map(|merged| !merged).collect();
    draft.retain(&keep);
    true
}

/// Step 6: convolutions and pools state the size of the map they read in this graph, so a bridged
/// crop or pad does not show.
fn resolve_input_sizes(draft: &mut Draft) {
    for idx in 0..draft.slots.len() {
        let Slot { node, operands } = &draft.slots[idx];
        let reads_map = node.op.is_conv() || node.op.is_window_pool();
        if let Some(&operand) = operands.first().filter(|_| reads_map) {
            let read = draft.slots[operand].node.output;
            let input = &mut draft.slots[idx].node.input;
            (input.h, input.w) = (read.h, read.w);
        }
    }
}
