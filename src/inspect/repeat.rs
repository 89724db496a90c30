//! Stretches of a network that come several times in a row: its cells and stages, found by structure.
//!
//! Sources seldom name them alike, and families not at all, so names play no part. Nodes are put in
//! an order in which each cell is one stretch (a walk from the output that finishes the deepest
//! operand first); equal stretches side by side are then tandem repeats of that word. Because a
//! stretch of such an order has edges only from what stands before it, a drawing may collapse any of
//! them and stays free of cycles.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use serde::Serialize;

use crate::graph::{ComputeGraph, Node};

/// Nodes of the smallest stretch that is worth a group.
const LEAST: usize = 4;
/// Nodes of the largest stretch that is looked for.
const MOST: usize = 2_000;
/// How far back a node's structure tells it from its siblings.
const ROUNDS: usize = 4;

/// A run of equal stretches, or one stretch of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The group that it lies in.
    pub parent: Option<usize>,
    /// How many equal stretches it holds; 1 for a stretch itself.
    pub times: usize,
}

/// The groups of a graph, parents first, and the innermost group of each node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    pub(super) of_node: Vec<Option<usize>>,
}

/// A run of equal stretches in the word.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    period: usize,
    times: usize,
}

impl Run {
    fn end(&self) -> usize {
        self.start + self.period * self.times
    }

    /// Nodes that need not be drawn once one stretch stands for all.
    fn saved(&self) -> usize {
        self.period * (self.times - 1)
    }
}

/// Finds the groups of `graph`. Complexity: O(n min(n, [`MOST`])) for n nodes.
pub(super) fn groups_of(graph: &ComputeGraph) -> Groups {
    let order = locality_order(graph);
    let word = Word {
        letters: order.iter().map(|&idx| letter(graph, idx)).collect(),
        crossing: crossings(graph, &order),
    };
    let mut groups = Groups { all: Vec::new(), of_node: vec![None; order.len()] };
    groups.add(&word, 0..order.len(), &[0], None, &order);
    groups
}

/// The nodes as letters, and how many tensors cross the place before each.
struct Word {
    letters: Vec<u64>,
    crossing: Vec<usize>,
}

impl Groups {
    /// Adds the runs of `stretch`, for each of the equal stretches that begin `shifts` later.
    fn add(
        &mut self,
        word: &Word,
        stretch: Range<usize>,
        shifts: &[usize],
        parents: Option<&[usize]>,
        order: &[usize],
    ) {
        for run in word.runs(stretch) {
            let mut inner_shifts = Vec::new();
            let mut inner_parents = Vec::new();
            for (copy, shift) in shifts.iter().enumerate() {
                let parent = parents.map(|parents| parents[copy]);
                let outer = self.push(Group { parent, times: run.times });
                for time in 0..run.times {
                    let inner = self.push(Group { parent: Some(outer), times: 1 });
                    let begin = run.start + shift + time * run.period;
                    for &idx in &order[begin..begin + run.period] {
                        self.of_node[idx] = Some(inner);
                    }
                    inner_shifts.push(shift + time * run.period);
                    inner_parents.push(inner);
                }
            }
            let body = run.start..run.start + run.period;
            self.add(word, body, &inner_shifts, Some(&inner_parents), order);
        }
    }

    fn push(&mut self, group: Group) -> usize {
        self.all.push(group);
        self.all.len() - 1
    }
}

impl Word {
    /// The runs in `stretch` that save most together and do not overlap.
    fn runs(&self, stretch: Range<usize>) -> Vec<Run> {
        let longest = (stretch.len() / 2).min(MOST);
        let mut candidates: Vec<Run> =
            (LEAST..=longest).flat_map(|period| self.runs_of(&stretch, period)).collect();
        candidates.sort_by_key(Run::end);
        best_apart(&candidates)
    }

    /// The longest run of each place in `stretch` that repeats with `period`.
    fn runs_of(&self, stretch: &Range<usize>, period: usize) -> Vec<Run> {
        let mut found = Vec::new();
        let mut start = stretch.start;
        while start + 2 * period <= stretch.end {
            let here = &self.letters[start..stretch.end - period];
            let there = &self.letters[start + period..stretch.end];
            let equal = here.iter().zip(there).take_while(|(a, b)| a == b).count();
            if equal >= period && is_primitive(&self.letters[start..start + period]) {
                found.push(self.settled(start, period, equal + period));
            }
            start += equal + 1;
        }
        found
    }

    /// Where to cut the `len` letters from `start` that repeat with `period`: where the fewest
    /// tensors cross, then into the most stretches, then as early as possible.
    fn settled(&self, start: usize, period: usize, len: usize) -> Run {
        let cut =
            |offset: usize| Run { start: start + offset, period, times: (len - offset) / period };
        let price = |run: &Run| {
            let cuts = (1..=run.times).map(|time| run.start + time * run.period);
            cuts.filter_map(|place| self.crossing.get(place)).max().copied().unwrap_or(0)
        };
        let offsets = 1..period.min(len - 2 * period + 1);
        offsets.map(cut).fold(cut(0), |best, run| {
            let is_better = (price(&run), best.times) < (price(&best), run.times);
            if is_better { run } else { best }
        })
    }
}

/// Whether `letters` is not itself a shorter word repeated.
fn is_primitive(letters: &[u64]) -> bool {
    let n = letters.len();
    !(1..=n / 2)
        .any(|period| n.is_multiple_of(period) && letters[period..] == letters[..n - period])
}

/// Of `runs`, which are sorted by their ends, those that save most together without an overlap.
fn best_apart(runs: &[Run]) -> Vec<Run> {
    let before: Vec<usize> =
        runs.iter().map(|run| runs.partition_point(|other| other.end() <= run.start)).collect();
    let mut best = vec![0; runs.len() + 1];
    for (idx, run) in runs.iter().enumerate() {
        best[idx + 1] = best[idx].max(best[before[idx]] + run.saved());
    }
    let mut chosen = Vec::new();
    let mut left = runs.len();
    while left > 0 {
        let run = runs[left - 1];
        if best[left] == best[left - 1] {
            left -= 1;
        } else {
            chosen.push(run);
            left = before[left - 1];
        }
    }
    chosen.reverse();
    chosen
}

/// What makes two nodes look alike: operator, window, stride, kind of groups, number of operands.
fn letter(graph: &ComputeGraph, idx: usize) -> u64 {
    let node = graph.node(idx);
    hashed(&(kind(node), graph.predecessors(idx).count()))
}

fn kind(node: &Node) -> u64 {
    let groups = if node.groups == node.input.c { 0 } else { node.groups.min(2) };
    hashed(&(node.op.name(), node.kernel, node.stride, node.dilation, groups))
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The nodes, each behind its operands, one branch finished before the next begins, the deepest
/// first; branches of one depth go by their structure.
fn locality_order(graph: &ComputeGraph) -> Vec<usize> {
    let operands = sorted_operands(graph);
    let mut order = Vec::with_capacity(graph.n_nodes());
    let mut is_placed = vec![false; graph.n_nodes()];
    let mut stack = vec![(graph.n_nodes() - 1, 0)];
    while let Some((idx, place)) = stack.pop() {
        match operands[idx].get(place) {
            Some(&operand) => {
                stack.push((idx, place + 1));
                if !is_placed[operand] {
                    stack.push((operand, 0));
                }
            }
            None if is_placed[idx] => (),
            None => {
                is_placed[idx] = true;
                order.push(idx);
            }
        }
    }
    order
}

/// What each node reads, the deepest first.
fn sorted_operands(graph: &ComputeGraph) -> Vec<Vec<usize>> {
    let n = graph.n_nodes();
    let mut depth = vec![0; n];
    let mut label: Vec<u64> = (0..n).map(|idx| kind(graph.node(idx))).collect();
    for idx in 1..n {
        depth[idx] = graph.predecessors(idx).map(|operand| depth[operand] + 1).max().unwrap_or(0);
    }
    for _ in 0..ROUNDS {
        let old = label.clone();
        for (idx, label) in label.iter_mut().enumerate() {
            let mut around: Vec<u64> =
                graph.predecessors(idx).map(|operand| old[operand]).collect();
            around.sort_unstable();
            *label = hashed(&(old[idx], around));
        }
    }
    (0..n)
        .map(|idx| {
            let mut operands: Vec<usize> = graph.predecessors(idx).collect();
            operands.sort_by_key(|&operand| (usize::MAX - depth[operand], label[operand], operand));
            operands
        })
        .collect()
}

/// For each place of `order`, how many tensors are read behind it that were made before it.
fn crossings(graph: &ComputeGraph, order: &[usize]) -> Vec<usize> {
    let place: HashMap<usize, usize> = order.iter().copied().zip(0..).collect();
    let mut steps = vec![0_i64; order.len() + 1];
    for (made, &idx) in order.iter().enumerate() {
        if let Some(last) = graph.successors(idx).filter_map(|reader| place.get(&reader)).max() {
            steps[made + 1] += 1;
            steps[last + 1] -= 1;
        }
    }
    let mut open = 0;
    let sums = steps.iter().map(|step| {
        open += step;
        usize::try_from(open).unwrap_or(0)
    });
    sums.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;
    use crate::graph::{Conv, GraphBuilder, Op, Shape};

    /// `(parent, times)` of the groups of a family's example.
    fn groups_of_example(name: &str) -> (ComputeGraph, Groups) {
        let family = family::by_name(name).unwrap();
        let architecture = family.parse(family.example()).unwrap();
        let graph = architecture.build(architecture.variants()[0]).unwrap();
        let groups = groups_of(&graph);
        (graph, groups)
    }

    fn runs_at_the_top(groups: &Groups) -> Vec<usize> {
        let top = groups.all.iter().filter(|group| group.parent.is_none());
        top.map(|group| group.times).collect()
    }

    #[test]
    fn the_cells_of_benchmarks_are_found_stage_by_stage() {
        // five cells in each of three stages; three modules in each of three stacks
        let cases = [("nb201", vec![5, 5, 5]), ("nb101", vec![3, 3, 3])];
        for (name, expected) in cases {
            let (_, groups) = groups_of_example(name);
            assert_eq!(runs_at_the_top(&groups), expected, "{name}");
        }
    }

    #[test]
    fn groups_are_disjoint_and_edges_between_them_make_no_cycle() {
        for family in family::FAMILIES {
            let (graph, groups) = groups_of_example(family.name());
            for (idx, group) in groups.all.iter().enumerate() {
                assert!(group.parent.is_none_or(|parent| parent < idx));
                let sizes = groups.of_node.iter().filter(|own| **own == Some(idx)).count();
                assert!(group.times > 1 || sizes + idx > 0);
            }
            // the stretches' order is the nodes' order, so an edge back would be a cycle
            let order = locality_order(&graph);
            let place: HashMap<usize, usize> = order.iter().copied().zip(0..).collect();
            assert_eq!(order.len(), graph.n_nodes(), "{}", family.name());
            assert!(graph.edges().all(|(from, to)| place[&from] < place[&to]));
        }
    }

    #[test]
    fn blocks_with_a_shortcut_are_cut_behind_their_sum() {
        let mut net = GraphBuilder::new("blocks", Shape::new(8, 8, 4));
        let mut x = net.image();
        for _ in 0..4 {
            let y = net.conv_bn(x, Conv::square(3, 1, 4));
            let y = net.activation(y, Op::Relu);
            let y = net.conv_bn(y, Conv::square(3, 1, 4));
            x = net.add(&[x, y]);
        }
        let graph = net.build(x).unwrap();
        let groups = groups_of(&graph);
        assert_eq!(runs_at_the_top(&groups), [4]);
        let sizes: Vec<usize> = (1..=4)
            .map(|group| groups.of_node.iter().filter(|own| **own == Some(group)).count())
            .collect();
        assert_eq!(sizes, [6; 4]);
        let ends = graph.nodes().zip(&groups.of_node).filter(|(_, own)| **own == Some(1));
        assert_eq!(ends.map(|(node, _)| node.op).max_by_key(|op| *op == Op::Add), Some(Op::Add));
    }

    #[test]
    fn a_network_without_repeats_has_no_groups() {
        let mut net = GraphBuilder::new("plain", Shape::new(8, 8, 4));
        let x = net.conv(net.image(), Conv::square(3, 1, 8));
        let graph = net.build(x).unwrap();
        assert_eq!(groups_of(&graph), Groups { all: Vec::new(), of_node: vec![None; 3] });
    }
}
