//! The graph in Graphviz's language, for `dot -Tsvg`.

use super::display_name;
use crate::graph::ComputeGraph;

/// One box a node, labelled with name, operator and output, and one arrow an edge.
pub fn to_dot(graph: &ComputeGraph) -> String {
    let mut text = format!("digraph \"{}\" {{\n", escaped(graph.name()));
    text += "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10]\n";
    for (idx, node) in graph.nodes().enumerate() {
        let window = match node.kernel {
            [0, 0] => String::new(),
            [h, w] => format!(" {h}x{w}"),
        };
        let stride = if node.is_strided() { format!("/{}", node.stride[0]) } else { String::new() };
        let shape = node.output;
        let name = escaped(&display_name(idx, node));
        let op = node.op.name();
        text += &format!(
            "  n{idx} [label=\"{name}\\n{op}{window}{stride}\\n{}x{}x{}\"]\n",
            shape.h, shape.w, shape.c
        );
    }
    for (from, to) in graph.edges() {
        text += &format!("  n{from} -> n{to}\n");
    }
    text + "}\n"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Conv, GraphBuilder, Shape};

    #[test]
    fn nodes_and_edges_are_written_and_names_cannot_break_out() {
        let mut net = GraphBuilder::new("a \"b\"", Shape::new(8, 8, 3));
        let x = net.conv(net.image(), Conv::square(3, 2, 4));
        let dot = to_dot(&net.build(x).unwrap());
        let expected = "digraph \"a \\\"b\\\"\" {\n  node [shape=box, style=rounded, \
                        fontname=\"sans-serif\", fontsize=10]\n  \
                        n0 [label=\"input_0\\ninput\\n8x8x3\"]\n  \
                        n1 [label=\"conv_1\\nconv 3x3/2\\n4x4x4\"]\n  \
                        n2 [label=\"output_2\\noutput\\n4x4x4\"]\n  \
                        n0 -> n1\n  n1 -> n2\n}\n";
        assert_eq!(dot, expected);
    }
}
