//! Shapes of products: dense layers, matrix products, Einstein sums, recurrent layers, attention.

use std::collections::BTreeMap;

use super::super::call::{Call, broadcast};
use super::{Dims, OneShape};

/// Which inputs of a matrix product are its two matrices.
fn factors(op: &str) -> [usize; 2] {
    match op {
        "QLinearMatMul" | "QGemm" => [0, 3],
        _ => [0, 1],
    }
}

/// A matrix as a Gemm or FusedMatMul reads it.
fn turned(dims: &[i64], is_turned: bool) -> Dims {
    let mut dims = dims.to_vec();
    let rank = dims.len();
    if is_turned && rank >= 2 {
        dims.swap(rank - 1, rank - 2);
    }
    dims
}

/// Both matrices as they are multiplied, without their transpositions.
pub(in super::super) fn operands(call: &Call) -> Option<[Dims; 2]> {
    let [a, b] = factors(call.op);
    let is_turned = |name| call.attributes.int(name, 0) == 1;
    Some([turned(call.dims(a)?, is_turned("transA")), turned(call.dims(b)?, is_turned("transB"))])
}

pub(super) fn gemm(call: &Call) -> OneShape {
    let Some([a, b]) = operands(call) else { return Ok(None) };
    match (&a[..], &b[..]) {
        (&[rows, inner], &[height, columns]) if inner == height => Ok(Some(vec![rows, columns])),
        _ => Err(format!("matrices of {a:?} and {b:?} do not multiply")),
    }
}

pub(super) fn matmul(call: &Call) -> OneShape {
    let Some([a, b]) = operands(call) else { return Ok(None) };
    product(&a, &b).map(Some).ok_or_else(|| format!("matrices of {a:?} and {b:?} do not multiply"))
}

fn product(a: &[i64], b: &[i64]) -> Option<Dims> {
    let left = if a.len() == 1 { vec![1, a[0]] } else { a.to_vec() };
    let right = if b.len() == 1 { vec![b[0], 1] } else { b.to_vec() };
    let (lead_a, [rows, inner]) = left.split_last_chunk()?;
    let (lead_b, [height, columns]) = right.split_last_chunk()?;
    if inner != height {
        return None;
    }
    let mut result = broadcast(lead_a, lead_b)?;
    result.extend((a.len() > 1).then_some(*rows));
    result.extend((b.len() > 1).then_some(*columns));
    Some(result)
}

/// The indices of an Einstein sum with their sizes, and those of the result.
#[derive(Debug)]
pub(in super::super) struct Einsum {
    sizes: BTreeMap<char, i64>,
    result: Vec<char>,
}

impl Einsum {
    /// Reads the equation of `call`; dots stand for as many axes as are left.
    pub(in super::super) fn of(call: &Call) -> Option<Self> {
        let equation = call.attributes.text("equation").replace(' ', "");
        let (terms, result) = match equation.split_once("->") {
            Some((terms, result)) => (terms, Some(result)),
            None => (&equation[..], None),
        };
        let mut sizes = BTreeMap::new();
        let mut dotted = Vec::new();
        let mut named = Vec::new();
        for (idx, term) in terms.split(',').enumerate() {
            let dims = call.dims(idx)?;
            let named_here = term.chars().filter(|&c| c != '.').count();
            let dots = dotted_axes(dims.len().checked_sub(named_here)?);
            let axes = spelled(term, &dots);
            if axes.len() != dims.len() {
                return None;
            }
            for (&axis, &size) in axes.iter().zip(dims) {
                let known = sizes.entry(axis).or_insert(size);
                *known = (*known).max(size);
            }
            named.extend(term.chars().filter(|&c| c != '.'));
            if dots.len() > dotted.len() && term.contains("...") {
                dotted = dots;
            }
        }
        let result = match result {
            Some(result) => spelled(result, &dotted),
            None => {
                let once = |c: &&char| named.iter().filter(|other| other == c).count() == 1;
                let mut implied: Vec<char> = named.iter().filter(once).copied().collect();
                implied.sort_unstable();
                [dotted, implied].concat()
            }
        };
        Some(Self { sizes, result })
    }

    pub(in super::super) fn dims(&self) -> Option<Dims> {
        self.result.iter().map(|axis| self.sizes.get(axis).copied()).collect()
    }

    /// How many products are summed for one element of the result.
    pub(in super::super) fn contraction(&self) -> u64 {
        let summed = self.sizes.iter().filter(|(axis, _)| !self.result.contains(axis));
        summed.fold(1_u64, |n, (_, &size)| n.saturating_mul(size.max(0) as u64))
    }
}

/// Characters for axes without a letter, the last axes first, as they are matched.
fn dotted_axes(n: usize) -> Vec<char> {
    (0..n.min(26)).rev().filter_map(|idx| char::from_u32(0xe000 + idx as u32)).collect()
}

fn spelled(term: &str, dots: &[char]) -> Vec<char> {
    match term.split_once("...") {
        Some((before, after)) => {
            before.chars().chain(dots.iter().copied()).chain(after.chars()).collect()
        }
        None => term.chars().collect(),
    }
}

pub(super) fn einsum(call: &Call) -> OneShape {
    Ok(Einsum::of(call).and_then(|einsum| einsum.dims()))
}

/// All states, and the last one, of an LSTM, GRU or RNN.
pub(super) fn recurrent(call: &Call) -> Vec<Option<Dims>> {
    let shapes = || {
        let &[first, second, _] = call.dims(0)? else { return None };
        let weights = call.dims(1);
        let directions = match weights.and_then(|dims| dims.first()) {
            Some(&directions) => directions,
            None if call.attributes.text("direction") == "bidirectional" => 2,
            None => 1,
        };
        let recurrence = call.dims(2).and_then(|dims| dims.get(2).copied());
        let hidden = recurrence.or_else(|| Some(call.attributes.get("hidden_size")?.i))?;
        Some(if call.attributes.int("layout", 0) == 1 {
            [vec![first, second, directions, hidden], vec![first, directions, hidden]]
        } else {
            [vec![first, directions, second, hidden], vec![directions, second, hidden]]
        })
    };
    match shapes() {
        Some([all, last]) => vec![Some(all), Some(last.clone()), Some(last)],
        None => Vec::new(),
    }
}

/// A whole attention layer: as many tokens as the query has, as wide as the values.
pub(super) fn attention(call: &Call) -> OneShape {
    let Some(query) = call.dims(0) else { return Ok(None) };
    let mut result = query.to_vec();
    match (call.op, &mut result[..]) {
        // com.microsoft: one matrix holds query, key and value
        ("Attention", [_, _, width]) if call.dims(1).is_some_and(|dims| dims.len() == 2) => {
            *width = call.dims(1).and_then(|dims| dims.last().copied()).unwrap_or(0) / 3;
        }
        (_, [.., width]) => {
            *width = call.dims(2).and_then(|dims| dims.last().copied()).unwrap_or(*width);
        }
        _ => (),
    }
    Ok(Some(result))
}
