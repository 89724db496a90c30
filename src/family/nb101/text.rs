//! The spellings of a NAS-Bench-101 cell, and what is wrong with a text that is nearly one.
//!
//! A dict or `ModelSpec(...)` with matrix and operations, the pair of both in either order, or a
//! row of the benchmark's data: `[hash, epochs, "0101...", "input,...,output", ...]`.

use super::{Cell, MAX_VERTICES, VertexOp};
use crate::error::{Error, ErrorKind, Result};
use crate::family::literal::{self, Kind, Literal, Value, has_key};
use crate::family::nearest::nearest;

const MATRIX_KEYS: [&str; 3] = ["matrix", "module_adjacency", "adjacency"];
const OPS_KEYS: [&str; 2] = ["ops", "module_operations"];
const FORMS: &str = r#"expected {"matrix": [[0, 1], [0, 0]], "ops": ["input", ..., "output"]}"#;
/// The API's constants, in the order of [`KNOWN`].
const CONSTANTS: [&str; 5] = ["INPUT", "OUTPUT", "CONV3X3", "CONV1X1", "MAXPOOL3X3"];
const KNOWN: [&str; 5] =
    ["input", "output", VertexOp::NAMES[0], VertexOp::NAMES[1], VertexOp::NAMES[2]];

/// Whether `text` looks like a cell, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    let names_input = || {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        body.split(|c| !is_word(c)).any(|word| word == "input" || word == "INPUT")
    };
    MATRIX_KEYS.iter().any(|key| has_key(body, key))
        || has_key(body, "module_operations")
        || body.contains("ModelSpec(")
        || (body.starts_with(['[', '(']) && names_input())
}

/// The pruned cell that `text` spells.
pub(super) fn read(text: &str) -> Result<Cell> {
    let literal = Literal::read(text)?;
    let draft = draft(&literal)?;
    draft.check()?;
    let n = draft.rows.len();
    let matrix = draft.rows.iter().map(|row| row.iter().map(|entry| entry.is_edge).collect());
    let ops = (1..n - 1).map(|vertex| draft.inner_op(vertex)).collect::<Result<_>>()?;
    Cell::pruned(matrix.collect(), ops).ok_or_else(|| {
        let message = "no path leads from vertex 0, the input, to the last one, the output";
        literal.invalid(draft.matrix_offset, format!("{message}; every cell needs one"))
    })
}

/// A matrix entry and its place.
struct Entry {
    is_edge: bool,
    offset: usize,
}

/// Matrix and operations as written, each with its place.
struct Draft<'a> {
    literal: &'a Literal<'a>,
    rows: Vec<Vec<Entry>>,
    row_offsets: Vec<usize>,
    matrix_offset: usize,
    ops: Vec<(&'a str, usize)>,
    ops_offset: usize,
}

fn draft<'a>(literal: &'a Literal<'a>) -> Result<Draft<'a>> {
    let root = &literal.root;
    let pair = match &root.kind {
        Kind::Sequence(items) if items.len() >= 4 => return data_row(literal, items),
        Kind::Sequence(items) if items.len() == 2 => items.first().zip(items.get(1)),
        Kind::Call { args, .. } => args.first().zip(args.get(1)),
        _ => None,
    };
    let matrix = root.entry(&MATRIX_KEYS).or(pair.map(|(first, _)| first));
    let ops = root.entry(&OPS_KEYS).or(pair.map(|(_, second)| second));
    let missing = |what: &str| literal.invalid(root.span.start, format!("no {what}; {FORMS}"));
    let matrix = matrix.ok_or_else(|| missing("matrix"))?;
    let ops = ops.ok_or_else(|| missing("operations"))?;
    let is_matrix = |value: &Value| value.items().is_some_and(|rows| rows.iter().any(is_row));
    match is_matrix(ops) && !is_matrix(matrix) {
        true => from_values(literal, ops, matrix),
        false => from_values(literal, matrix, ops),
    }
}

fn is_row(value: &Value) -> bool {
    value.items().is_some()
}

fn from_values<'a>(
    literal: &'a Literal<'a>,
    matrix: &'a Value,
    ops: &'a Value,
) -> Result<Draft<'a>> {
    let values = literal.items(matrix, "rows")?;
    check_side(literal, values.len(), matrix.span.start)?;
    let rows = values
        .iter()
        .map(|row| literal.items(row, "0 and 1")?.iter().map(|v| entry(literal, v)).collect())
        .collect::<Result<_>>()?;
    let names = literal.items(ops, "operations")?;
    Ok(Draft {
        literal,
        rows,
        row_offsets: values.iter().map(|row| row.span.start).collect(),
        matrix_offset: matrix.span.start,
        ops: names.iter().map(|name| op_name(literal, name)).collect::<Result<_>>()?,
        ops_offset: ops.span.start,
    })
}

fn entry(literal: &Literal<'_>, value: &Value) -> Result<Entry> {
    let offset = value.span.start;
    match value.kind {
        Kind::Integer(0) | Kind::Bool(false) => Ok(Entry { is_edge: false, offset }),
        Kind::Integer(1) | Kind::Bool(true) => Ok(Entry { is_edge: true, offset }),
        _ => Err(literal.invalid(offset, format!("expected 0 or 1, found {}", value.describe()))),
    }
}

/// The string, or what the API's constant stands for.
fn op_name<'a>(literal: &Literal<'_>, value: &'a Value) -> Result<(&'a str, usize)> {
    let offset = value.span.start;
    let name = match &value.kind {
        Kind::Text(text) => text.as_str(),
        Kind::Name(name) => {
            let last = name.rsplit('.').next().unwrap_or(name);
            let constant = CONSTANTS.iter().position(|constant| *constant == last);
            constant.map_or(name.as_str(), |idx| KNOWN[idx])
        }
        _ => {
            let message = format!("expected the name of an operation, found {}", value.describe());
            return Err(literal.invalid(offset, message));
        }
    };
    Ok((name, offset))
}

/// `[hash, epochs, "0101...", "input,...,output", ...]`.
fn data_row<'a>(literal: &'a Literal<'a>, row: &'a [Value]) -> Result<Draft<'a>> {
    let [_, _, adjacency, operations, ..] = row else {
        return Err(literal.invalid(literal.root.span.start, FORMS));
    };
    let string = |value: &'a Value, what: &str| {
        value.text().map(|text| (text, value.span.start + 1)).ok_or_else(|| {
            let found = value.describe();
            literal.invalid(value.span.start, format!("expected {what}, found {found}"))
        })
    };
    let (digits, start) = string(adjacency, "the matrix as a string of 0 and 1")?;
    let (names, ops_offset) = string(operations, "the operations as `input,...,output`")?;
    let ops: Vec<_> = names
        .split(',')
        .map(|op| (op, ops_offset + (op.as_ptr() as usize - names.as_ptr() as usize)))
        .collect();
    check_side(literal, ops.len(), ops_offset)?;
    let n = ops.len();
    if digits.chars().count() != n * n {
        let (found, wanted) = (digits.chars().count(), n * n);
        let message = format!(
            "a matrix of {found} entries for {n} operations; expected {wanted}, row by row"
        );
        return Err(literal.invalid(start, message));
    }
    let entry = |(idx, digit)| match digit {
        '0' | '1' => Ok(Entry { is_edge: digit == '1', offset: start + idx }),
        _ => Err(literal.invalid(start + idx, format!("expected 0 or 1, found `{digit}`"))),
    };
    let entries = digits.char_indices().map(entry).collect::<Result<Vec<_>>>()?;
    let mut entries = entries.into_iter();
    let rows = (0..n).map(|_| entries.by_ref().take(n).collect()).collect();
    let row_offsets = (0..n).map(|row| start + row * n).collect();
    Ok(Draft { literal, rows, row_offsets, matrix_offset: start, ops, ops_offset })
}

fn check_side(literal: &Literal<'_>, side: usize, offset: usize) -> Result<()> {
    if side > MAX_VERTICES {
        let message = format!("{side} vertices; expected at most {MAX_VERTICES}");
        let place = literal.place(offset);
        return Err(Error::new(ErrorKind::TooLarge, message).at(place));
    }
    Ok(())
}

impl Draft<'_> {
    fn check(&self) -> Result<()> {
        let n = self.rows.len();
        if n < 2 {
            let message = format!("{n} vertices; expected input and output at least");
            return Err(self.literal.invalid(self.matrix_offset, message));
        }
        for (from, row) in self.rows.iter().enumerate() {
            if row.len() != n {
                let message =
                    format!("row {from} has {} entries; expected {n}, one a vertex", row.len());
                return Err(self.literal.invalid(self.row_offsets[from], message));
            }
            if let Some(to) = (0..=from).find(|&to| row[to].is_edge) {
                let message = format!(
                    "an edge from vertex {from} to vertex {to} below the diagonal or on it; edges \
                     must lead to later vertices (upper triangular matrix)"
                );
                return Err(self.literal.invalid(row[to].offset, message));
            }
        }
        self.check_ops()
    }

    fn check_ops(&self) -> Result<()> {
        let (n, n_ops) = (self.rows.len(), self.ops.len());
        if n_ops != n {
            let message = format!("{n_ops} operations for {n} vertices; expected one a vertex");
            return Err(self.literal.invalid(self.ops_offset, message));
        }
        for (vertex, expected) in [(0, "input"), (n - 1, "output")] {
            let (name, offset) = self.ops[vertex];
            if name != expected {
                let name = literal::shorten(name);
                let message = format!("operation {vertex} is `{name}`; expected `{expected}`");
                return Err(self.literal.invalid(offset, message));
            }
        }
        Ok(())
    }

    /// The operation of a vertex between input and output.
    fn inner_op(&self, vertex: usize) -> Result<VertexOp> {
        let (name, offset) = self.ops[vertex];
        if let Some(op) = VertexOp::ALL.into_iter().find(|op| op.name() == name) {
            return Ok(op);
        }
        let meant = nearest(name, &VertexOp::NAMES)
            .map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
        let known = VertexOp::NAMES.join(", ");
        let (name, last) = (literal::shorten(name), self.ops.len() - 1);
        let message = match name.as_str() {
            "input" | "output" => format!(
                "operation {vertex} is `{name}`, which only stands at 0 and {last}; expected one of \
                 {known}"
            ),
            _ => format!("unknown operation `{name}`; {meant}expected one of {known}"),
        };
        Err(self.literal.invalid(offset, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    /// One cell in all its spellings: input -> 3x3 -> pool -> output, and input -> pool.
    const CELL: &str = r#"{"matrix":[[0,1,1,0],[0,0,1,0],[0,0,0,1],[0,0,0,0]],"ops":["input","conv3x3-bn-relu","maxpool3x3","output"]}"#;

    #[test]
    fn every_spelling_reads_as_the_same_cell() {
        use crate::family::Architecture;
        let cases = [
            CELL,
            "spec = api.ModelSpec(\n    # adjacency\n    matrix=[[0, 1, 1, 0],\n            [0, 0, 1, 0],\n            \
             [0, 0, 0, 1],\n            [0, 0, 0, 0]],\n    ops=[INPUT, CONV3X3, api.MAXPOOL3X3, OUTPUT],\n)\n",
            "ModelSpec(np.array([[0,1,1,0],[0,0,1,0],[0,0,0,1],[0,0,0,0]]), ['input', 'conv3x3-bn-relu', \
             'maxpool3x3', 'output'], data_format='channels_last')",
            "{'module_hash': '00', 'module_adjacency': array([[0, 1, 1, 0],\n       [0, 0, 1, 0],\n       \
             [0, 0, 0, 1],\n       [0, 0, 0, 0]], dtype=int8), 'module_operations': ['input', \
             'conv3x3-bn-relu', 'maxpool3x3', 'output'], 'trainable_parameters': 8, 'training_time': 1.5}",
            "(['input', 'conv3x3-bn-relu', 'maxpool3x3', 'output'], \
             [(0, 1, 1, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, 0, 0)]),",
            "[[[0, 1, True, 0], [0, 0, 1, 0], [0, 0, False, 1], [0, 0, 0, 0]], \
             ('input', 'conv3x3-bn-relu', 'maxpool3x3', 'output')]",
            r#"["00ff", 108, "0110001000010000", "input,conv3x3-bn-relu,maxpool3x3,output", "CgsKCQ=="]"#,
            // a vertex that leads nowhere
            "{'matrix': [[0,1,1,1,0],[0,0,1,0,0],[0,0,0,0,1],[0,0,0,0,0],[0,0,0,0,0]], 'ops': ['input', \
             'conv3x3-bn-relu', 'maxpool3x3', 'conv1x1-bn-relu', 'output']}",
        ];
        for text in cases {
            assert!(recognises(text), "{text}");
            let cell = read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(cell.text(), CELL, "{text}");
        }
    }

    #[test]
    fn signs_are_seen_in_broken_texts_and_not_in_other_formats() {
        let cases = [
            (r#"{"matrix": [[0, 1"#, true),
            ("spec = ModelSpec(", true),
            ("(['input', 'conv5x5'", true),
            (r#"["0000", 4, "0100", "input,"#, true),
            ("|nor_conv_3x3~0|+|", false),
            (r#"{"nodes":[{"op":"input","name":"matrix"}],"edges":[]}"#, false),
            ("hello", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(recognises(text), expected, "{text}");
        }
    }

    #[test]
    fn broken_cells_say_what_is_wrong_and_where() {
        let ops = r#""ops":["input","conv3x3-bn-relu","output"]"#;
        let with = |matrix: &str| format!(r#"{{"matrix":{matrix},{ops}}}"#);
        let named = |ops: &str| format!(r#"{{"matrix":[[0,1,0],[0,0,1],[0,0,0]],"ops":{ops}}}"#);
        let wide = vec!["0"; 65].join(",");
        let known = "expected one of conv3x3-bn-relu, conv1x1-bn-relu, maxpool3x3";
        let cases = [
            (
                with("[[0,1,0],[0,0,1],[1,0,0]]"),
                "1:29: an edge from vertex 2 to vertex 0 below the diagonal or on it; edges must \
                 lead to later vertices (upper triangular matrix)".to_owned(),
            ),
            (
                with("[[0,1,0],\n[0,1,1],\n[0,0,0]]"),
                "2:4: an edge from vertex 1 to vertex 1 below the diagonal or on it; edges must \
                 lead to later vertices (upper triangular matrix)".to_owned(),
            ),
            (
                with("[[0,1,0],[0,0],[0,0,0]]"),
                "1:20: row 1 has 2 entries; expected 3, one a vertex".to_owned(),
            ),
            (with("[[0,2,0],[0,0,1],[0,0,0]]"), "1:15: expected 0 or 1, found `2`".to_owned()),
            (with("[[0,'1',0]]"), "1:15: expected 0 or 1, found the string `1`".to_owned()),
            (with("[0,1]"), "1:12: expected a list of 0 and 1, found `0`".to_owned()),
            (with("7"), "1:11: expected a list of rows, found `7`".to_owned()),
            (with("[]"), "1:11: 0 vertices; expected input and output at least".to_owned()),
            (
                with("[[0,1],[0,0]]"),
                "1:31: 3 operations for 2 vertices; expected one a vertex".to_owned(),
            ),
            (
                with("[[0,1,0],[0,0,0],[0,0,0]]"),
                "1:11: no path leads from vertex 0, the input, to the last one, the output; every \
                 cell needs one".to_owned(),
            ),
            (
                named(r#"["input","conv5x5-bn-relu","output"]"#),
                format!("1:52: unknown operation `conv5x5-bn-relu`; did you mean `conv3x3-bn-relu`? {known}"),
            ),
            (
                named(r#"["input",CONV5X5,"output"]"#),
                format!("1:52: unknown operation `CONV5X5`; {known}"),
            ),
            (
                named(r#"["input","output","output"]"#),
                format!("1:52: operation 1 is `output`, which only stands at 0 and 2; {known}"),
            ),
            (
                named(r#"["conv3x3-bn-relu","maxpool3x3","output"]"#),
                "1:44: operation 0 is `conv3x3-bn-relu`; expected `input`".to_owned(),
            ),
            (
                named(r#"["input","maxpool3x3","maxpool3x3"]"#),
                "1:65: operation 2 is `maxpool3x3`; expected `output`".to_owned(),
            ),
            (
                named(r#"["input",3,"output"]"#),
                "1:52: expected the name of an operation, found `3`".to_owned(),
            ),
            (
                r#"{"matrix":[[0,1],[0,0]]}"#.to_owned(),
                r#"1:1: no operations; expected {"matrix": [[0, 1], [0, 0]], "ops": ["input", ..., "output"]}"#
                    .to_owned(),
            ),
            (
                r#"["00",4,"010","input,output",""]"#.to_owned(),
                "1:10: a matrix of 3 entries for 2 operations; expected 4, row by row".to_owned(),
            ),
            (
                r#"["00",4,"01x0","input,output",""]"#.to_owned(),
                "1:12: expected 0 or 1, found `x`".to_owned(),
            ),
            (
                r#"["00",4,"010001000","input,conv3x3,output",""]"#.to_owned(),
                format!("1:28: unknown operation `conv3x3`; did you mean `conv3x3-bn-relu`? {known}"),
            ),
            (
                r#"{"matrix":[[0,1],[0,0]"#.to_owned(),
                "1:23: the text ends inside a list that opens at 1:11; expected `,` or `]`".to_owned(),
            ),
        ];
        for (text, expected) in &cases {
            let error = read(text).expect_err(expected);
            assert_eq!(error.to_string(), *expected, "{text}");
        }
        let error =
            read(&with(&format!("[{}]", vec![format!("[{wide}]"); 65].join(",")))).expect_err("65");
        assert_eq!(error.to_string(), "1:11: 65 vertices; expected at most 64");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(error.place(), Some(Place { line: 1, column: 11 }));
    }
}
