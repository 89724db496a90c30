//! A model's operations in one flat list, with all that is known of each value.
//!
//! [`super::walk`] writes a [`Network`] from a file, [`super::fuse`] joins decomposed operators in
//! it, [`super::lower`] turns it into layers.

use super::call::{Argument, Attributes, Call};
use super::numbers::Numbers;
use super::shapes::Dims;

/// A value's position in [`Network::values`].
pub(super) type ValueId = usize;

/// A tensor of learned or fixed numbers, by its position in [`Network::sources`].
pub(super) type SourceId = usize;

/// What a value depends on; the larger wins where several meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Numbers that stand in the file, and nothing else.
    Constant,
    /// Weights without data.
    Weight,
    /// The image.
    Data,
}

/// What one operation writes and others read.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) dims: Option<Dims>,
    /// Its numbers, where they are constant, few and known.
    pub(super) numbers: Option<Numbers>,
    /// The tensors of weights that it was made from, in ascending order.
    pub(super) sources: Vec<SourceId>,
    /// Whether it holds just the numbers of its one source, in whatever order.
    pub(super) is_source: bool,
}

/// A tensor of weights as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) elements: Option<u64>,
    /// Whether it has no numbers: an input of the graph, or an initialiser that was stripped.
    pub(super) is_bare: bool,
    /// Whether it is an input of the graph, whose name is that of one module's parameter.
    pub(super) is_input: bool,
    /// The standard's number for the type of its numbers.
    pub(super) data_type: i32,
    /// Whether its numbers may be learned ones: of a type for weights, with a name of their own.
    pub(super) is_learnable: bool,
}

/// One operation on data.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) op: String,
    pub(super) name: String,
    pub(super) attributes: Attributes,
    pub(super) inputs: Vec<Option<ValueId>>,
    pub(super) outputs: Vec<ValueId>,
}

/// A model as a list of operations; each stands behind those it reads.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) opset: i64,
    pub(super) values: Vec<Value>,
    pub(super) sources: Vec<Source>,
    pub(super) steps: Vec<Step>,
    /// Whether channels are rounded up to what one processor computes at once.
    pub(super) is_blocked: bool,
    /// How many numbers all values together hold.
    pub(super) n_numbers: usize,
    pub(super) image: ValueId,
    pub(super) output: ValueId,
}

impl Step {
    /// What `self` reads at position `idx`.
    pub(super) fn input(&self, idx: usize) -> Option<ValueId> {
        self.inputs.get(idx).copied().flatten()
    }

    /// How messages call it.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() { self.op.clone() } else { format!("{} `{}`", self.op, self.name) }
    }
}

impl Network {
    /// A step with all that is known of what it reads.
    pub(super) fn call<'a>(&'a self, step: &'a Step) -> Call<'a> {
        let argument = |id: &Option<ValueId>| {
            id.map(|id| Argument {
                dims: self.values[id].dims.as_deref(),
                numbers: self.values[id].numbers.as_ref(),
            })
        };
        Call {
            op: &step.op,
            attributes: &step.attributes,
            inputs: step.inputs.iter().map(argument).collect(),
            n_outputs: step.outputs.len(),
            opset: self.opset,
        }
    }

    /// Whether `id` depends on the image.
    pub(super) fn is_data(&self, id: ValueId) -> bool {
        self.values[id].kind == Kind::Data
    }

    /// Whether any tensor of weights has no numbers: then numbers that are there are no weights.
    pub(super) fn is_bare(&self) -> bool {
        self.sources.iter().any(|source| source.is_bare)
    }

    /// For each value, the step that writes it.
    pub(super) fn producers(&self) -> Vec<Option<usize>> {
        let mut producers = vec![None; self.values.len()];
        for (idx, step) in self.steps.iter().enumerate() {
            for &output in &step.outputs {
                producers[output] = Some(idx);
            }
        }
        producers
    }

    /// For each value, the steps that read it, each as often as it does.
    pub(super) fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.values.len()];
        for (idx, step) in self.steps.iter().enumerate() {
            for &input in step.inputs.iter().flatten() {
                readers[input].push(idx);
            }
        }
        readers
    }

    /// For each step, whether `output` depends on it.
    pub(super) fn ancestors(&self, output: ValueId, producers: &[Option<usize>]) -> Vec<bool> {
        let mut found = vec![false; self.steps.len()];
        let mut open: Vec<usize> = producers[output].into_iter().collect();
        while let Some(idx) = open.pop() {
            if !std::mem::replace(&mut found[idx], true) {
                open.extend(
                    self.steps[idx].inputs.iter().flatten().filter_map(|&id| producers[id]),
                );
            }
        }
        found
    }

    /// Keeps the steps marked in `keep`.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let mut idx = 0;
        self.steps.retain(|_| {
            idx += 1;
            keep[idx - 1]
        });
    }
}
