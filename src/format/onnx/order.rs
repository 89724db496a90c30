//! The order in which operations can run: files should list them so, and some do not.

use std::collections::HashMap;

use super::proto::Node;
use super::scope::title;
use crate::error::{Error, ErrorKind, Result};

/// The indices of `nodes`, each behind those whose results it reads; as they stand, where they can.
///
/// # Errors
/// Names a node of a cycle. Complexity: O(nodes + edges).
pub(super) fn in_order(nodes: &[Node]) -> Result<Vec<usize>> {
    let mut writers: HashMap<&str, usize> = HashMap::new();
    for (idx, node) in nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|output| !output.is_empty()) {
            writers.insert(output, idx);
        }
    }
    let reads = |idx: usize| -> Vec<usize> {
        nodes[idx].inputs.iter().filter_map(|name| writers.get(&name[..]).copied()).collect()
    };
    if (0..nodes.len()).all(|idx| reads(idx).iter().all(|&writer| writer < idx)) {
        return Ok((0..nodes.len()).collect());
    }
    let mut order = Vec::with_capacity(nodes.len());
    let mut state = vec![State::New; nodes.len()];
    for root in 0..nodes.len() {
        let mut open = vec![root];
        while let Some(&idx) = open.last() {
            match state[idx] {
                State::New => {
                    state[idx] = State::Open;
                    for writer in reads(idx) {
                        match state[writer] {
                            State::Open => return Err(cycle(&nodes[writer])),
                            State::New => open.push(writer),
                            State::Done => (),
                        }
                    }
                }
                State::Open => {
                    state[idx] = State::Done;
                    order.push(idx);
                    open.pop();
                }
                State::Done => {
                    open.pop();
                }
            }
        }
    }
    Ok(order)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn cycle(node: &Node) -> Error {
    Error::new(ErrorKind::InvalidGraph, format!("{} reads what it writes, on a cycle", title(node)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(inputs: &[&str], output: &str) -> Node {
        Node {
            op_type: "Relu".into(),
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            outputs: vec![output.to_owned()],
            ..Node::default()
        }
    }

    #[test]
    fn operations_run_behind_what_they_read_and_cycles_are_named() {
        let sorted = [node(&["x"], "a"), node(&["a"], "b")];
        assert_eq!(in_order(&sorted), Ok(vec![0, 1]));
        let reversed = [node(&["b", "a"], "c"), node(&["a"], "b"), node(&["x"], "a")];
        assert_eq!(in_order(&reversed), Ok(vec![2, 1, 0]));
        let cyclic = [node(&["b"], "a"), node(&["a"], "b")];
        let error = in_order(&cyclic).expect_err("a cycle");
        assert_eq!(error.to_string(), "Relu `a` reads what it writes, on a cycle");
    }
}
