//! Writes small models for tests, as an exporter would.

use prost::Message;

use super::proto::{
    Attribute, Dimension, Function, Graph, Model, Node, Opset, Tensor, TensorShape, TensorType,
    Type, ValueInfo,
};
use super::{OnnxOptions, read};
use crate::error::Result;
use crate::graph::ComputeGraph;
use crate::note::Note;

/// A model under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    pub(super) graph: Graph,
    pub(super) functions: Vec<Function>,
}

impl Sketch {
    /// A model that reads one image `x`.
    pub(super) fn new(image: &[i64]) -> Self {
        Self::default().input("x", image)
    }

    /// A further input.
    pub(super) fn input(mut self, name: &str, dims: &[i64]) -> Self {
        self.graph.inputs.push(value(name, dims));
        self
    }

    /// An initialiser whose numbers are there but of no interest.
    pub(super) fn weight(mut self, name: &str, dims: &[i64]) -> Self {
        let (name, dims) = (name.to_owned(), dims.to_vec());
        let tensor = Tensor { name, dims, data_type: 1, skipped: true, ..Tensor::default() };
        self.graph.initializers.push(tensor);
        self
    }

    /// A row of integers.
    pub(super) fn ints(mut self, name: &str, ints: &[i64]) -> Self {
        let dims = vec![ints.len() as i64];
        let tensor = Tensor {
            name: name.to_owned(),
            dims,
            data_type: 7,
            int64s: ints.to_vec(),
            ..Tensor::default()
        };
        self.graph.initializers.push(tensor);
        self
    }

    /// A single number.
    pub(super) fn float(mut self, name: &str, float: f32) -> Self {
        let (name, floats) = (name.to_owned(), vec![float]);
        self.graph.initializers.push(Tensor { name, data_type: 1, floats, ..Tensor::default() });
        self
    }

    /// An operation: its name, what it reads, what it writes (separated by spaces), its settings.
    pub(super) fn node(
        mut self,
        op: &str,
        inputs: &str,
        outputs: &str,
        with: &[Attribute],
    ) -> Self {
        self.graph.nodes.push(node(op, inputs, outputs, with));
        self
    }

    /// Declares outputs and returns the model.
    pub(super) fn ends(mut self, outputs: &str) -> Self {
        self.graph.outputs = outputs.split(' ').map(|name| value(name, &[])).collect();
        self
    }

    /// The file's bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let opset = Opset { domain: String::new(), version: 17 };
        let model = Model {
            producer: String::new(),
            graph: Some(self.graph.clone()),
            opsets: vec![opset],
            functions: self.functions.clone(),
        };
        // `skipped` is written by the thinning alone: a payload that it leaves out stands for it
        let mut model = model;
        for graph in model.graph.iter_mut() {
            for tensor in &mut graph.initializers {
                if std::mem::take(&mut tensor.skipped) {
                    tensor.raw = vec![0; 10_000];
                }
            }
        }
        model.encode_to_vec()
    }

    /// What the reader makes of it.
    pub(super) fn read(&self) -> Result<(ComputeGraph, Vec<Note>)> {
        self.read_with(&OnnxOptions::default())
    }

    /// The same with options.
    pub(super) fn read_with(&self, options: &OnnxOptions) -> Result<(ComputeGraph, Vec<Note>)> {
        match read(std::io::Cursor::new(self.bytes()), options)? {
            super::Parsed::Graph { graph, notes } => Ok((graph, notes)),
            other => panic!("{other:?} is no graph"),
        }
    }
}

/// The operators of a graph with how often each occurs, as in `add conv conv input`.
pub(super) fn ops(graph: &ComputeGraph) -> String {
    let mut names: Vec<&str> = graph.nodes().map(|node| node.op.name()).collect();
    names.retain(|name| !matches!(*name, "input" | "output"));
    names.sort_unstable();
    names.join(" ")
}

/// An operation; see [`Sketch::node`].
pub(super) fn node(op: &str, inputs: &str, outputs: &str, attributes: &[Attribute]) -> Node {
    let names = |names: &str| -> Vec<String> {
        names.split(' ').filter(|name| !name.is_empty()).map(|name| name.replace('_', "")).collect()
    };
    Node {
        inputs: names(inputs),
        outputs: names(outputs),
        op_type: op.to_owned(),
        attributes: attributes.to_vec(),
        ..Node::default()
    }
}

/// An integer setting.
pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute { name: name.to_owned(), i: value, ..Attribute::default() }
}

/// A setting of several integers.
pub(super) fn row(name: &str, values: &[i64]) -> Attribute {
    Attribute { name: name.to_owned(), ints: values.to_vec(), ..Attribute::default() }
}

/// A declared value.
pub(super) fn value(name: &str, dims: &[i64]) -> ValueInfo {
    let dims = dims.iter().map(|&value| Dimension { value }).collect();
    let shape = Some(TensorShape { dims }).filter(|shape| !shape.dims.is_empty());
    let tensor = Some(TensorType { data_type: 1, shape });
    ValueInfo { name: name.to_owned(), kind: Some(Type { tensor }) }
}
