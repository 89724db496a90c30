//! Attention layers that stand as one operator: the standard's (opset 23) and ONNX Runtime's.

use super::super::network::{Step, ValueId};
use super::super::numbers::elements;
use super::{Lowering, place};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, Shape};

/// Lowers `step` if it is an attention layer: to the projection if it holds one, scores, softmax,
/// and the weighted sum.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    if !matches!(&step.op[..], "Attention" | "MultiHeadAttention" | "GroupQueryAttention") {
        return Ok(false);
    }
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else {
        return Err(invalid("has no query or result"));
    };
    let weights =
        step.input(1).filter(|&id| !lowering.network.is_data(id) && step.op == "Attention");
    let data = match weights {
        Some(weights) => {
            project(lowering, step, x, weights)?;
            vec![result]
        }
        None => step.inputs.iter().take(3).flatten().copied().collect(),
    };
    let data: Vec<ValueId> = data.into_iter().filter(|&id| lowering.network.is_data(id)).collect();
    let (Some(&query), Some(&values)) = (data.first(), data.last()) else {
        return Err(invalid("reads no activations"));
    };
    let sums = lowering.dims(result)?;
    // a projection writes what the sum writes
    let queries = if query == result { sums } else { lowering.dims(query)? };
    let keys = lowering.dims(data.get(1).copied().unwrap_or(query))?;
    let keys = keys.len().checked_sub(2).map_or(1, |axis| keys[axis]);
    let scores = match queries[..] {
        [batch, heads, tokens, _] => [batch, heads, tokens, keys],
        [batch, tokens, _] => [batch, heads(step), tokens, keys],
        _ => return Err(invalid("attends to no sequence")),
    };
    let scores = place(&scores, None)?;
    let output = place(sums, None)?;
    let read = lowering.operands(values);
    let both: Vec<ValueId> = data.iter().copied().take(2).collect();
    let macs = times(queries, keys)?;
    let score = Node { macs, ..Node::new(Op::Matmul, lowering.shape(query)?, scores) };
    lowering.add(step, score, &both, None);
    lowering.add(step, Node::new(Op::Softmax, scores, scores), &[result], None);
    let macs = times(sums, keys)?;
    lowering.add(step, Node { macs, ..Node::new(Op::Matmul, scores, output) }, &[result], None);
    if let Some(layer) = lowering.layers.last_mut() {
        layer.operands.extend(read);
    }
    Ok(true)
}

/// The dense layer that makes query, key and value at once.
fn project<'n>(
    lowering: &mut Lowering<'n>,
    step: &'n Step,
    x: ValueId,
    weights: ValueId,
) -> Result<()> {
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let dims = lowering.dims(result)?;
    let (input, output) = (lowering.shape(x)?, place(dims, None)?);
    let fused = Shape { c: output.c.saturating_mul(3), ..output };
    let bias = step.input(2);
    let params =
        lowering.ledger.weights(weights) + bias.map_or(0, |bias| lowering.ledger.weights(bias));
    let macs = times(dims, 3 * i64::from(input.c))?;
    let bias = bias.is_some();
    let node = Node { params, macs, bias, ..Node::new(Op::Linear, input, fused) };
    lowering.add(step, node, &[x], None);
    Ok(())
}

fn heads(step: &Step) -> i64 {
    ["num_heads", "q_num_heads"]
        .map(|name| step.attributes.int(name, 1))
        .into_iter()
        .fold(1, i64::max)
}

/// The multiply-adds of a tensor of `dims` each of whose numbers is a sum of, or goes into, `n`.
fn times(dims: &[i64], n: i64) -> Result<u64> {
    let n = u64::try_from(n).ok();
    elements(dims)
        .and_then(|elements| elements.checked_mul(n?))
        .ok_or_else(|| Error::new(ErrorKind::TooLarge, "costs more than 64 bits count"))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidGraph, what)
}

#[cfg(test)]
mod tests {
    use super::super::super::sketch::{Sketch, int, ops, row};

    #[test]
    fn an_attention_layer_costs_what_its_parts_cost() {
        // 16 tokens of 8 numbers in 2 heads: scores and sums are 16 * 16 * 8 each, by hand
        let tokens = Sketch::new(&[1, 8, 4, 4])
            .ints("rows", &[1, 16, 8])
            .ints("heads", &[1, 16, 2, 4])
            .weight("w", &[8, 24])
            .node("Reshape", "x rows", "t", &[]);
        let turned = row("perm", &[0, 2, 1, 3]);
        let four_axes = tokens
            .clone()
            .node("Reshape", "t heads", "h", &[])
            .node("Transpose", "h", "q", &[turned])
            .node("Attention", "q q q", "y", &[]);
        let three_axes = tokens.clone().node(
            "Attention",
            "t t t",
            "y",
            &[int("q_num_heads", 2), int("kv_num_heads", 2)],
        );
        let projected = tokens.node("Attention", "t w", "y", &[int("num_heads", 2)]);
        let macs = 2 * 16 * 16 * 8;
        let cases = [
            (four_axes, "matmul matmul softmax", 0, macs),
            (three_axes, "matmul matmul softmax", 0, macs),
            (projected, "linear matmul matmul softmax", 8 * 24, macs + 16 * 8 * 24),
        ];
        for (sketch, expected, params, macs) in cases {
            let (graph, _) = sketch.ends("y").read().unwrap();
            assert_eq!(ops(&graph), expected);
            assert_eq!((graph.cost().params, graph.cost().macs), (params, macs), "{expected}");
        }
    }
}
