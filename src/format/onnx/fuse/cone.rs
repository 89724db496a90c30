//! Finds groups of operators that compute one function of one tensor.
//!
//! From each operator backwards, the group grows by the operator that runs last among those it
//! reads, as long as nothing else reads what lies inside. Whenever it reads a single tensor, it is
//! tried on numbers ([`super::signal`]); the smallest group that computes a known function becomes
//! that function (of norms, a larger one that also subtracts the mean).

use std::collections::{BTreeMap, BTreeSet};

use super::super::network::ValueId;
use super::super::numbers::Numbers;
use super::super::shapes::reduced_axes;
use super::signal::{N, Norm, PROBE, Signal, activation, apply, norm, reduces};
use super::{Fusion, int_attribute};

/// Operators of one group: a layer norm with casts and a corrected variance has about 16.
const MAX_STEPS: usize = 24;

/// Joins all groups, later operators first, so that the largest group is found before its parts.
pub(super) fn cones(fusion: &mut Fusion) {
    for last in (0..fusion.network.steps.len()).rev() {
        let ends = matches!(
            &fusion.step(last).op[..],
            "Mul" | "Div" | "Add" | "Sub" | "Clip" | "Min" | "Max" | "Log" | "Reciprocal"
        );
        if ends && !fusion.gone[last] {
            join(fusion, last);
        }
    }
}

/// A group of operators that reads one tensor.
struct Cone {
    /// In the order in which they run; the last one ends the group.
    steps: BTreeSet<usize>,
    reads: ValueId,
}

fn join(fusion: &mut Fusion, last: usize) {
    let mut found = None;
    for cone in cones_behind(fusion, last) {
        if let Some(function) = function(fusion, &cone, last) {
            // a norm of what the mean was subtracted from before is the centred norm of all of it
            let may_be_part = function.norm == Some(Norm::Plain);
            let is_whole = function.norm == Some(Norm::Centred);
            if found.is_none() || is_whole {
                found = Some((cone, function));
            }
            if !may_be_part {
                break;
            }
        }
    }
    if let Some((cone, function)) = found {
        replace(fusion, &cone, last, function);
    }
}

/// The groups that end in step `last` and read one tensor, smallest first.
fn cones_behind(fusion: &Fusion, last: usize) -> Vec<Cone> {
    let mut cones = Vec::new();
    let mut steps = BTreeSet::from([last]);
    let mut frontier: BTreeSet<(Option<usize>, ValueId)> = BTreeSet::new();
    extend(fusion, last, &mut frontier);
    while steps.len() <= MAX_STEPS {
        let Some(&(producer, value)) = frontier.last() else { break };
        if frontier.len() == 1 {
            cones.push(Cone { steps: steps.clone(), reads: value });
        }
        let Some(producer) = producer else { break };
        let is_inner = value != fusion.network.output
            && fusion.readers[value].iter().all(|reader| steps.contains(reader));
        if !is_inner || !may_grow(fusion, producer) {
            break;
        }
        frontier.pop_last();
        steps.insert(producer);
        extend(fusion, producer, &mut frontier);
    }
    cones
}

fn extend(fusion: &Fusion, idx: usize, frontier: &mut BTreeSet<(Option<usize>, ValueId)>) {
    let inputs = fusion.step(idx).inputs.iter().flatten();
    let data = inputs.filter(|&&id| fusion.network.is_data(id));
    frontier.extend(data.map(|&id| (fusion.producers[id], id)));
}

fn may_grow(fusion: &Fusion, idx: usize) -> bool {
    let step = fusion.step(idx);
    let is_known = matches!(
        &step.op[..],
        "Add"
            | "Sub"
            | "Mul"
            | "Div"
            | "Pow"
            | "Max"
            | "Min"
            | "Sum"
            | "Clip"
            | "Relu"
            | "Sigmoid"
            | "HardSigmoid"
            | "Tanh"
            | "Erf"
            | "Exp"
            | "Log"
            | "Sqrt"
            | "Reciprocal"
            | "Neg"
            | "Abs"
            | "Softplus"
            | "Identity"
            | "Cast"
            | "Expand"
            | "ReduceMean"
            | "ReduceSum"
            | "ReduceL2"
    );
    is_known && step.inputs.len() <= 3
}

/// What a group computes, as the operator that replaces it.
struct Function {
    op: &'static str,
    norm: Option<Norm>,
    /// The axis that a norm is over.
    axis: Option<usize>,
    /// Scale and shift of a norm.
    vectors: Vec<ValueId>,
}

/// The function that a group computes, if it is a known one.
fn function(fusion: &Fusion, cone: &Cone, last: usize) -> Option<Function> {
    let axes = common_axes(fusion, cone)?;
    let vectors = vectors(fusion, cone);
    let Some(&axis) = axes.first() else {
        if !vectors.is_empty() {
            return None;
        }
        let op = activation(&run(fusion, cone, last, &PROBE)?)?;
        return Some(Function { op, norm: None, axis: None, vectors });
    };
    let norm = norm(|signal| run(fusion, cone, last, signal))?;
    let is_l2 = cone.steps.iter().any(|&idx| fusion.step(idx).op == "ReduceL2");
    let op = match (norm, &axes[..]) {
        (Norm::Plain, _) if is_l2 => "LpNormalization",
        (_, [_]) => "LayerNormalization",
        _ => "GroupNormalization",
    };
    Some(Function { op, norm: Some(norm), axis: Some(axis), vectors })
}

fn replace(fusion: &mut Fusion, cone: &Cone, last: usize, function: Function) {
    for &idx in &cone.steps {
        fusion.gone[idx] = idx != last;
    }
    let step = &mut fusion.network.steps[last];
    step.op = function.op.to_owned();
    step.attributes.0 = function.axis.map(|axis| int_attribute("axis", axis)).into_iter().collect();
    step.inputs = std::iter::once(cone.reads).chain(function.vectors).map(Some).collect();
}

/// The axes that all reductions of the group have in common; none where they differ, or where the
/// group does not end in the shape in which it began.
fn common_axes(fusion: &Fusion, cone: &Cone) -> Option<Vec<usize>> {
    let mut common: Option<Vec<usize>> = None;
    for &idx in cone.steps.iter().filter(|&&idx| reduces(&fusion.step(idx).op)) {
        let axes = reduced_axes(&fusion.network.call(fusion.step(idx))).ok()??;
        if common.get_or_insert_with(|| axes.clone()) != &axes {
            return None;
        }
    }
    let last = *cone.steps.last()?;
    let result = fusion.step(last).outputs.first().map(|&id| &fusion.network.values[id].dims);
    let is_same = result == Some(&fusion.network.values[cone.reads].dims);
    is_same.then(|| common.unwrap_or_default())
}

/// Constants of the group that are no single known number: the scale and shift of a norm.
fn vectors(fusion: &Fusion, cone: &Cone) -> Vec<ValueId> {
    let mut found = Vec::new();
    for &idx in &cone.steps {
        let step = fusion.step(idx);
        let read = if step.op == "Expand" || reduces(&step.op) { 1 } else { step.inputs.len() };
        let constants = step.inputs[..read].iter().flatten();
        found.extend(
            constants.filter(|&&id| !fusion.network.is_data(id) && scalar(fusion, id).is_none()),
        );
    }
    found
}

fn scalar(fusion: &Fusion, id: ValueId) -> Option<f64> {
    fusion.network.values[id].numbers.as_ref().and_then(Numbers::scalar)
}

/// What the group computes of `signal`; scales count as 1, shifts as 0.
fn run(fusion: &Fusion, cone: &Cone, last: usize, signal: &Signal) -> Option<Signal> {
    let mut known: BTreeMap<ValueId, Signal> = BTreeMap::from([(cone.reads, *signal)]);
    for &idx in &cone.steps {
        let step = fusion.step(idx);
        let neutral = match &step.op[..] {
            "Mul" | "Div" => Some(1.0),
            "Add" | "Sub" | "Sum" => Some(0.0),
            _ => None,
        };
        let value = |id: ValueId| match known.get(&id) {
            Some(signal) => Some(*signal),
            None => scalar(fusion, id).or(neutral).map(|number| [number; N]),
        };
        let inputs: Vec<Option<Signal>> = step.inputs.iter().map(|id| id.and_then(value)).collect();
        known.insert(*step.outputs.first()?, apply(&fusion.network.call(step), &inputs)?);
    }
    let result = known.get(fusion.step(last).outputs.first()?)?;
    result.iter().all(|number| number.is_finite()).then_some(*result)
}
