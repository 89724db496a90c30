//! Genotypes of the DARTS space: a normal and a reduction cell whose nodes sum two operations each.
//!
//! States 0 and 1 are a cell's inputs, the results of the two cells before it; each node adds the
//! next state. Paper: Liu et al., DARTS, ICLR 2019, and its code. This file holds genotypes, changes
//! and prints them; [`text`] reads them, [`neighbours`] lists their changes, [`network`] builds
//! what the families make of them.

mod neighbours;
pub(super) mod network;
mod published;
pub(super) mod text;

use std::fmt;

use rand::{Rng, RngExt};

use crate::note::{Note, NoteKind};

/// Nodes of a cell in the published space.
pub(super) const N_NODES: usize = 4;
/// States that are inputs of a cell.
const N_INPUTS: usize = 2;

/// What a node does with a state that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeOp {
    MaxPool,
    AvgPool,
    Skip,
    Sep3x3,
    Sep5x5,
    Dil3x3,
    Dil5x5,
    Nothing,
    Sep7x7,
    Conv7x1,
}

impl EdgeOp {
    pub(super) const ALL: [Self; 10] = [
        Self::MaxPool,
        Self::AvgPool,
        Self::Skip,
        Self::Sep3x3,
        Self::Sep5x5,
        Self::Dil3x3,
        Self::Dil5x5,
        Self::Nothing,
        Self::Sep7x7,
        Self::Conv7x1,
    ];
    pub(super) const NAMES: [&str; 10] = [
        "max_pool_3x3",
        "avg_pool_3x3",
        "skip_connect",
        "sep_conv_3x3",
        "sep_conv_5x5",
        "dil_conv_3x3",
        "dil_conv_5x5",
        "none",
        "sep_conv_7x7",
        "conv_7x1_1x7",
    ];
    /// How many of [`Self::ALL`], the first, belong to the published space.
    pub(super) const N_PUBLISHED: usize = 7;

    pub(super) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(super) fn is_published(self) -> bool {
        (self as usize) < Self::N_PUBLISHED
    }

    /// One of the published operations, not `excluded`.
    fn random(excluded: Option<Self>, rng: &mut dyn Rng) -> Self {
        let ops = Self::ALL.into_iter().take(Self::N_PUBLISHED).filter(|&op| Some(op) != excluded);
        pick(&ops.collect::<Vec<_>>(), rng)
    }
}

/// One of `choices`, of which there is one at least.
fn pick<T: Copy>(choices: &[T], rng: &mut dyn Rng) -> T {
    choices[rng.random_range(0..choices.len())]
}

/// One of a node's two terms: an operation on an earlier state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) op: EdgeOp,
    pub(super) source: usize,
}

/// Nodes in order, and the states whose concat is the result; neither is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) nodes: Vec<[Term; 2]>,
    pub(super) concat: Vec<usize>,
}

/// Both cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Genotype {
    pub(super) normal: Cell,
    pub(super) reduce: Cell,
}

impl Genotype {
    /// Networks of the published space: 180 ways to read different states and 7^8 operations, for
    /// each cell.
    pub(super) const N_PUBLISHED: f64 = (180.0 * 5_764_801.0) * (180.0 * 5_764_801.0);

    /// Uniformly from the published space; each node reads its states in ascending order.
    pub(super) fn random(rng: &mut dyn Rng) -> Self {
        Self { normal: Cell::random(rng), reduce: Cell::random(rng) }
    }

    /// The same with each node's terms in the order of their sources: a sum has no order.
    pub(super) fn in_order(mut self) -> Self {
        for terms in self.normal.nodes.iter_mut().chain(&mut self.reduce.nodes) {
            terms.sort_by_key(|term| term.source);
        }
        self
    }

    /// Another operation or another source for one term of one cell.
    pub(super) fn mutated(&self, rng: &mut dyn Rng) -> Self {
        let mut mutant = self.clone();
        let cell = if rng.random_bool(0.5) { &mut mutant.normal } else { &mut mutant.reduce };
        cell.change_one_term(rng);
        mutant
    }

    /// Cell by cell: each node's sources, each operation and the concat from either parent.
    pub(super) fn crossed(&self, other: &Self, rng: &mut dyn Rng) -> Self {
        Self {
            normal: self.normal.crossed(&other.normal, rng),
            reduce: self.reduce.crossed(&other.reduce, rng),
        }
    }

    /// Each cell with its name.
    pub(super) fn cells(&self) -> [(&'static str, &Cell); 2] {
        [("normal cell", &self.normal), ("reduction cell", &self.reduce)]
    }

    /// Why the published space, which is that of DARTS and of NAS-Bench-301, does not have it.
    pub(super) fn outside(&self) -> Option<String> {
        self.cells().into_iter().find_map(|(name, cell)| cell.outside(name))
    }

    /// What in the cells has no effect.
    pub(super) fn dead_parts(&self) -> Vec<Note> {
        let named = |states: fn(&Cell) -> Vec<String>| -> Vec<String> {
            let of_cell = |(name, cell)| {
                states(cell).into_iter().map(move |state| format!("{state} of the {name}"))
            };
            self.cells().into_iter().flat_map(of_cell).collect()
        };
        let notes = [
            (
                named(Cell::unread_states),
                "without effect on the result, so counted in params and MACs but left out of the \
                 graph",
            ),
            (named(Cell::zero_states), "zeros, since no operation joins an input to it"),
        ];
        let note = |(states, what): (Vec<String>, &str)| {
            Note::new(NoteKind::Dead, format!("{what}: {}", states.join(", ")))
        };
        notes.into_iter().filter(|(states, _)| !states.is_empty()).map(note).collect()
    }
}

/// `Genotype(normal=[('sep_conv_3x3', 0), ...], normal_concat=[2, 3, 4, 5], reduce=..., ...)`.
impl fmt::Display for Genotype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = |cell: &Cell| {
            let pair = |term: &Term| format!("('{}', {})", term.op.name(), term.source);
            cell.nodes.iter().flatten().map(pair).collect::<Vec<_>>().join(", ")
        };
        write!(
            f,
            "Genotype(normal=[{}], normal_concat={:?}, reduce=[{}], reduce_concat={:?})",
            pairs(&self.normal),
            self.normal.concat,
            pairs(&self.reduce),
            self.reduce.concat
        )
    }
}

impl Cell {
    fn random(rng: &mut dyn Rng) -> Self {
        let node = |node: usize, rng: &mut dyn Rng| {
            let n_states = node + N_INPUTS;
            let first = rng.random_range(0..n_states);
            let second = (first + rng.random_range(1..n_states)) % n_states;
            [first.min(second), first.max(second)]
                .map(|source| Term { op: EdgeOp::random(None, rng), source })
        };
        let nodes = (0..N_NODES).map(|idx| node(idx, rng)).collect();
        Self { nodes, concat: (N_INPUTS..N_INPUTS + N_NODES).collect() }
    }

    /// The source stays another one than that of the node's other term.
    fn change_one_term(&mut self, rng: &mut dyn Rng) {
        let node = rng.random_range(0..self.nodes.len());
        let place = rng.random_range(0..2);
        let other_source = self.nodes[node][1 - place].source;
        let term = &mut self.nodes[node][place];
        let sources: Vec<usize> = (0..node + N_INPUTS)
            .filter(|&source| source != term.source && source != other_source)
            .collect();
        if sources.is_empty() || rng.random_bool(0.5) {
            term.op = EdgeOp::random(Some(term.op), rng);
        } else {
            term.source = pick(&sources, rng);
        }
    }

    /// Cells of different sizes do not mix: one of them is the child.
    fn crossed(&self, other: &Self, rng: &mut dyn Rng) -> Self {
        if self.nodes.len() != other.nodes.len() {
            return pick(&[self, other], rng).clone();
        }
        let cross_node = |(ours, theirs): (&[Term; 2], &[Term; 2])| {
            let sources = pick(&[ours, theirs], rng);
            [0, 1].map(|place| Term {
                op: pick(&[ours, theirs], rng)[place].op,
                source: sources[place].source,
            })
        };
        let nodes = self.nodes.iter().zip(&other.nodes).map(cross_node).collect();
        Self { nodes, concat: pick(&[&self.concat, &other.concat], rng).clone() }
    }

    fn outside(&self, name: &str) -> Option<String> {
        let n_nodes = self.nodes.len();
        if n_nodes != N_NODES {
            return Some(format!("{n_nodes} nodes in the {name}, not {N_NODES}"));
        }
        if !self.concat.iter().copied().eq(N_INPUTS..N_INPUTS + N_NODES) {
            return Some(format!("the {name} ends in states {:?}, not [2, 3, 4, 5]", self.concat));
        }
        self.nodes.iter().zip(N_INPUTS..).find_map(|(terms, state)| {
            let [first, second] = terms;
            if first.source == second.source {
                let source = first.source;
                return Some(format!("node {state} of the {name} reads state {source} twice"));
            }
            let foreign = terms.iter().find(|term| !term.op.is_published())?;
            Some(format!("`{}` in node {state} of the {name}", foreign.op.name()))
        })
    }

    /// For each state, whether it depends on the image, given which inputs do.
    fn live_states(&self, inputs: [bool; N_INPUTS]) -> Vec<bool> {
        let mut live = inputs.to_vec();
        for terms in &self.nodes {
            live.push(terms.iter().any(|term| term.op != EdgeOp::Nothing && live[term.source]));
        }
        live
    }

    /// Whether the result depends on the image, given which inputs do.
    fn is_live(&self, inputs: [bool; N_INPUTS]) -> bool {
        let live = self.live_states(inputs);
        self.concat.iter().any(|&state| live[state])
    }

    /// States that the result does not depend on.
    fn unread_states(&self) -> Vec<String> {
        let mut is_read = vec![false; self.nodes.len() + N_INPUTS];
        self.concat.iter().for_each(|&state| is_read[state] = true);
        for (idx, terms) in self.nodes.iter().enumerate().rev() {
            if is_read[idx + N_INPUTS] {
                let sources = terms.iter().filter(|term| term.op != EdgeOp::Nothing);
                sources.for_each(|term| is_read[term.source] = true);
            }
        }
        state_names(&is_read)
    }

    /// Nodes that depend on no input.
    fn zero_states(&self) -> Vec<String> {
        state_names(&self.live_states([true; N_INPUTS]))
    }
}

/// The states that have not this `property`, in words.
fn state_names(property: &[bool]) -> Vec<String> {
    let name = |state| match state {
        0..N_INPUTS => format!("input {state}"),
        _ => format!("node {state}"),
    };
    (0..property.len()).filter(|&state| !property[state]).map(name).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::family::literal::Literal;

    fn genotype(normal: &str) -> Genotype {
        let text = format!("Genotype({normal}, [3], [('none', 0), ('skip_connect', 0)], [2])");
        text::read(&Literal::read(&text).unwrap()).unwrap()
    }

    #[test]
    fn samples_and_mutants_are_of_the_published_space_and_mutants_differ_in_one_term() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let mut seen = [[false; EdgeOp::N_PUBLISHED]; 2 * N_NODES];
        for _ in 0..200 {
            let parent = Genotype::random(&mut rng);
            let mutant = parent.mutated(&mut rng);
            assert_eq!((parent.outside(), mutant.outside()), (None, None));
            let terms = |genotype: &Genotype| -> Vec<Term> {
                let cells = [&genotype.normal, &genotype.reduce];
                cells.into_iter().flat_map(|cell| cell.nodes.concat()).collect()
            };
            let pairs = terms(&parent).into_iter().zip(terms(&mutant));
            assert_eq!(pairs.filter(|(a, b)| a != b).count(), 1);
            for (seen, term) in seen.iter_mut().zip(parent.normal.nodes.iter().flatten()) {
                seen[term.op as usize] = true;
            }
        }
        assert_eq!(seen, [[true; EdgeOp::N_PUBLISHED]; 2 * N_NODES]);
    }

    #[test]
    fn what_has_no_effect_is_named() {
        let unread = "without effect on the result, so counted in params and MACs but left out of the \
                      graph: ";
        let zeros = "zeros, since no operation joins an input to it: ";
        let cases = [
            (
                "[('skip_connect', 0), ('none', 1), ('skip_connect', 0), ('max_pool_3x3', 0)]",
                vec![format!(
                    "{unread}input 1 of the normal cell, node 2 of the normal cell, input 1 of the \
                     reduction cell"
                )],
            ),
            (
                "[('none', 0), ('none', 1), ('sep_conv_3x3', 2), ('max_pool_3x3', 0)]",
                vec![
                    format!("{unread}input 1 of the normal cell, input 1 of the reduction cell"),
                    format!("{zeros}node 2 of the normal cell"),
                ],
            ),
        ];
        for (normal, expected) in cases {
            let notes = genotype(normal).dead_parts();
            let messages: Vec<_> = notes.into_iter().map(|note| note.message).collect();
            assert_eq!(messages, expected, "{normal}");
        }
    }

    #[test]
    fn genotypes_outside_of_the_published_space_say_why() {
        let in_space = Genotype::random(&mut Pcg64Mcg::seed_from_u64(4));
        let with = |change: fn(&mut Genotype)| {
            let mut changed = in_space.clone();
            change(&mut changed);
            changed.outside().unwrap()
        };
        let cases = [
            (with(|g| g.reduce.nodes.truncate(3)), "3 nodes in the reduction cell, not 4"),
            (
                with(|g| g.normal.concat = vec![4, 5]),
                "the normal cell ends in states [4, 5], not [2, 3, 4, 5]",
            ),
            (
                with(|g| g.normal.nodes[0][1].source = 0),
                "node 2 of the normal cell reads state 0 twice",
            ),
            (
                with(|g| g.reduce.nodes[3][0].op = EdgeOp::Sep7x7),
                "`sep_conv_7x7` in node 5 of the reduction cell",
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
