//! From a decoded model to a flat [`Network`]: scopes, functions, constant branches, shapes.
//!
//! One pass over the operations in the order in which they can run. What depends on constants alone
//! is computed on the way, so that each operation on data finds its shapes and settings known.

use std::collections::HashMap;

use prost::Message;

use super::call::Attributes;
use super::evaluate::evaluate;
use super::image::Image;
use super::network::{Kind, Network, Source, SourceId, Step, ValueId};
use super::order::in_order;
use super::proto::{Attribute, Function, Graph, Model, Node};
use super::scope::{Scope, bind, bind_outputs, deeper, title, wrong};
use super::shapes::{Dims, MAX_AXIS, MAX_RANK, infer, is_sane};
use crate::error::{Error, ErrorKind, Result};

/// The standard's number for numbers of 32 bits, which weights are unless a file says otherwise.
const FLOAT: i32 = 1;

/// The domain of operators on channels in blocks, which ONNX Runtime writes for one processor.
const BLOCKED: &str = "com.microsoft.nchwc";

/// Operations of one model, those of inlined functions and branches included.
pub const MAX_OPERATIONS: usize = 200_000;
/// Tensors of weights that one value may be made from.
pub const MAX_SOURCES_OF_A_VALUE: usize = 512;
/// Numbers of all constants together.
pub const MAX_NUMBERS: usize = 8 << 20;
/// Bytes of function bodies and branches, each as often as it runs.
pub const MAX_INLINED_BYTES: usize = 64 << 20;
/// What one operation may read.
pub const MAX_INPUTS: usize = 4_096;

/// The network of `model`, whose image has the shape that `image` says; its outputs in the order in
/// which the file declares them.
///
/// # Errors
/// Which node can't be understood, and why.
pub(super) fn walk(model: &Model, graph: &Graph, image: &Image) -> Result<(Network, Vec<ValueId>)> {
    let declared = graph.values.iter().chain(&graph.outputs);
    let mut walk = Walk {
        functions: model
            .functions
            .iter()
            .map(|function| ((&function.domain[..], &function.name[..]), function))
            .collect(),
        declared: declared.filter_map(|value| Some((&value.name[..], value.dims()?))).collect(),
        network: Network {
            name: graph.name.clone(),
            opset: model.opset().unwrap_or(17),
            ..Network::default()
        },
        operations: 0,
        inlined: 0,
    };
    let mut scope = Scope { names: HashMap::new(), parent: None, bound: &[], depth: 0 };
    walk.constants(graph, &mut scope);
    for input in &graph.inputs {
        if input.name == image.name {
            let id = walk.network.add_value(&input.name, Kind::Data, Some(image.dims.clone()));
            walk.network.image = id;
            scope.names.insert(input.name.clone(), id);
        } else if !scope.names.contains_key(&input.name) {
            let tensor = input.kind.as_ref().and_then(|kind| kind.tensor.as_ref());
            let data_type = tensor.map_or(FLOAT, |tensor| tensor.data_type);
            let id = walk.network.add_weight(&input.name, input.dims(), true, data_type);
            if let Some(source) = walk.network.sources.last_mut() {
                source.is_input = true;
            }
            scope.names.insert(input.name.clone(), id);
        }
    }
    walk.nodes(&graph.nodes, &mut scope)?;
    let outputs = graph.outputs.iter().map(|output| {
        scope.find(&output.name).ok_or_else(|| {
            let message = format!("nothing in the onnx model writes its output `{}`", output.name);
            Error::new(ErrorKind::InvalidGraph, message)
        })
    });
    let outputs = outputs.collect::<Result<_>>()?;
    Ok((walk.network, outputs))
}

struct Walk<'m> {
    functions: HashMap<(&'m str, &'m str), &'m Function>,
    declared: HashMap<&'m str, Dims>,
    network: Network,
    operations: usize,
    inlined: usize,
}

impl<'m> Walk<'m> {
    fn constants(&mut self, graph: &Graph, scope: &mut Scope) {
        for tensor in &graph.initializers {
            let id = self.network.add_constant(&tensor.name, tensor, true);
            scope.names.insert(tensor.name.clone(), id);
        }
        for sparse in &graph.sparse_initializers {
            let name = sparse.values.as_ref().map_or("", |values| &values.name);
            let id = self.network.add_weight(name, Some(sparse.dims.clone()), false, FLOAT);
            scope.names.insert(name.to_owned(), id);
        }
    }

    fn nodes(&mut self, nodes: &[Node], scope: &mut Scope) -> Result<()> {
        for idx in in_order(nodes)? {
            let node = &nodes[idx];
            self.operations += 1;
            self.inlined += if scope.depth > 0 { node.encoded_len() } else { 0 };
            let limits = [
                (self.operations, MAX_OPERATIONS, "operations"),
                (self.network.n_numbers, MAX_NUMBERS, "numbers in small constants"),
                (self.inlined, MAX_INLINED_BYTES, "bytes in functions and branches"),
            ];
            if let Some((_, limit, what)) = limits.into_iter().find(|(n, limit, _)| n > limit) {
                let message = format!("the onnx model has more than {limit} {what}");
                return Err(Error::new(ErrorKind::TooLarge, message));
            }
            self.node(node, scope)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &Node, scope: &mut Scope) -> Result<()> {
        if node.inputs.len() > MAX_INPUTS {
            return Err(wrong(node, format!("reads more than {MAX_INPUTS} tensors")));
        }
        let inputs = node.inputs.iter().map(|name| match &name[..] {
            "" => Ok(None),
            name => scope.find(name).map(Some).ok_or_else(|| {
                wrong(node, format!("reads `{name}`, which nothing before it writes"))
            }),
        });
        let inputs = inputs.collect::<Result<Vec<Option<ValueId>>>>()?;
        let attributes = bind(&node.attributes, scope.bound);
        if let Some(&function) = self.functions.get(&(&node.domain[..], &node.op_type[..])) {
            return self.call_function(node, function, &inputs, &attributes, scope);
        }
        match &node.op_type[..] {
            "If" => return self.branch(node, &inputs, &attributes, scope),
            "Constant" => {
                let id = self.network.add_constant_node(node, &attributes)?;
                scope.names.extend(node.outputs.first().map(|name| (name.clone(), id)));
                return Ok(());
            }
            "Loop" | "Scan" | "NonMaxSuppression" | "RoiAlign" | "Optional"
            | "StringNormalizer" => {
                return Err(wrong(node, "is not understood; expected a network without it".into()));
            }
            op if op.contains("Sequence") => {
                return Err(wrong(node, "is not understood; expected a network without it".into()));
            }
            _ => (),
        }
        let outputs = self.step(node, inputs, Attributes(attributes))?;
        scope.names.extend(node.outputs.iter().cloned().zip(outputs));
        Ok(())
    }

    fn call_function(
        &mut self,
        node: &Node,
        function: &'m Function,
        inputs: &[Option<ValueId>],
        attributes: &[Attribute],
        scope: &mut Scope,
    ) -> Result<()> {
        let depth = deeper(node, scope.depth)?;
        let given = |one: &&Attribute| !attributes.iter().any(|other| other.name == one.name);
        let defaults = function.defaults.iter().filter(given);
        let bound: Vec<Attribute> = attributes.iter().chain(defaults).cloned().collect();
        let pairs = function.inputs.iter().zip(inputs);
        let names = pairs.filter_map(|(name, id)| Some((name.clone(), (*id)?))).collect();
        let mut inner = Scope { names, parent: None, bound: &bound, depth };
        self.nodes(&function.nodes, &mut inner).map_err(|error| error.context(title(node)))?;
        bind_outputs(node, &function.outputs, &inner, &mut scope.names)
    }

    fn branch(
        &mut self,
        node: &Node,
        inputs: &[Option<ValueId>],
        attributes: &[Attribute],
        scope: &mut Scope,
    ) -> Result<()> {
        let depth = deeper(node, scope.depth)?;
        let condition = inputs.first().copied().flatten().map(|id| &self.network.values[id]);
        let condition = condition.and_then(|value| value.numbers.as_ref()?.scalar());
        let condition = condition.ok_or_else(|| {
            wrong(
                node,
                "branches on what is known only when it runs; expected a fixed graph".into(),
            )
        })?;
        let name = if condition != 0.0 { "then_branch" } else { "else_branch" };
        let graph = attributes.iter().find(|attribute| attribute.name == name);
        let graph = graph.and_then(|attribute| attribute.g.as_ref());
        let graph = graph.ok_or_else(|| wrong(node, format!("has no {name}")))?;
        let outputs: Vec<String> = graph.outputs.iter().map(|output| output.name.clone()).collect();
        let mut found = HashMap::new();
        {
            let mut inner =
                Scope { names: HashMap::new(), parent: Some(scope), bound: scope.bound, depth };
            self.constants(graph, &mut inner);
            self.nodes(&graph.nodes, &mut inner)?;
            bind_outputs(node, &outputs, &inner, &mut found)?;
        }
        scope.names.extend(found);
        Ok(())
    }

    /// An operation of the standard's (or of ONNX Runtime's): computed if it can be, else inferred.
    fn step(
        &mut self,
        node: &Node,
        inputs: Vec<Option<ValueId>>,
        attributes: Attributes,
    ) -> Result<Vec<ValueId>> {
        let op = self.name_of(node);
        let (name, outputs) = (node.name.clone(), vec![0; node.outputs.len()]);
        let mut step = Step { op, name, attributes, inputs, outputs };
        let kind = self.kind(&step);
        let call = self.network.call(&step);
        let numbers = if kind == Kind::Data { None } else { evaluate(&call) };
        let shapes = match &numbers {
            Some(numbers) => numbers.iter().map(|one| Some(one.dims.clone())).collect(),
            None => {
                infer(&call).map_err(|misfit| wrong(node, format!("does not fit: {misfit}")))?
            }
        };
        let (mut sources, is_source) = self.sources(node, &step)?;
        if let ("Identity", true, [only]) = (&step.op[..], is_source, &sources[..]) {
            // exporters merge equal tensors, untrained vectors of ones too: a copy with a name is a
            // weight of its own; without numbers only a shared module makes equal matrices
            let is_vector = shapes.iter().flatten().next().is_some_and(|dims| dims.len() == 1);
            if kind == Kind::Constant || is_vector {
                let name = node.outputs.first().cloned().unwrap_or_default();
                self.network.sources.push(Source { name, ..self.network.sources[*only].clone() });
                sources = vec![self.network.sources.len() - 1];
            }
        }
        for idx in 0..step.outputs.len() {
            let name = &node.outputs[idx];
            let inferred = shapes.get(idx).cloned().flatten();
            let dims = inferred.or_else(|| self.declared_dims(name));
            if dims.as_ref().is_some_and(|dims| !is_sane(dims)) {
                let limits = format!("{MAX_RANK} axes of at most {MAX_AXIS}");
                return Err(wrong(node, format!("writes a tensor of more than {limits}")));
            }
            // scale and zero point of numbers that are quantised while the network runs
            let is_scale = step.op == "DynamicQuantizeLinear" && idx > 0;
            let kind = if is_scale { Kind::Constant } else { kind };
            let id = self.network.add_value(name, kind, dims);
            let value = &mut self.network.values[id];
            value.numbers = numbers.as_ref().and_then(|numbers| numbers.get(idx).cloned());
            self.network.n_numbers +=
                value.numbers.as_ref().map_or(0, |numbers| numbers.data.len());
            value.sources = sources.clone();
            value.is_source = is_source;
            step.outputs[idx] = id;
        }
        let outputs = step.outputs.clone();
        if kind == Kind::Data {
            self.network.steps.push(step);
        }
        Ok(outputs)
    }

    /// What an operator is called here: by its name alone where its domain is known.
    fn name_of(&mut self, node: &Node) -> String {
        match (&node.domain[..], &node.op_type[..]) {
            ("" | "ai.onnx" | "com.microsoft" | "com.ms.internal.nhwc", op) => op.to_owned(),
            (BLOCKED, op) => {
                self.network.is_blocked = true;
                if op == "Conv" { "BlockedConv".to_owned() } else { op.to_owned() }
            }
            (domain, op) => format!("{domain}.{op}"),
        }
    }

    /// A declared shape with batch 1, if it is known on all other axes.
    fn declared_dims(&self, name: &str) -> Option<Dims> {
        let mut dims = self.declared.get(name)?.clone();
        if let Some(batch) = dims.first_mut().filter(|batch| **batch == 0) {
            *batch = 1;
        }
        (is_sane(&dims) && !dims.contains(&0)).then_some(dims)
    }

    /// What a step's results depend on: on the shape of an image only as far as constants do, and
    /// comparisons of data make masks.
    fn kind(&self, step: &Step) -> Kind {
        let is_mask = matches!(
            &step.op[..],
            "Shape"
                | "Size"
                | "EyeLike"
                | "Equal"
                | "Greater"
                | "GreaterOrEqual"
                | "Less"
                | "LessOrEqual"
                | "Not"
                | "And"
                | "Or"
                | "Xor"
                | "IsNaN"
                | "IsInf"
                | "NonZero"
        );
        if is_mask {
            return Kind::Constant;
        }
        let kinds = step.inputs.iter().flatten().map(|&id| self.network.values[id].kind);
        kinds.max().unwrap_or(Kind::Constant)
    }

    /// The weights that a step's results are made from.
    fn sources(&self, node: &Node, step: &Step) -> Result<(Vec<SourceId>, bool)> {
        let is_layout = matches!(
            &step.op[..],
            "Identity"
                | "Transpose"
                | "Reshape"
                | "Cast"
                | "Squeeze"
                | "Unsqueeze"
                | "Flatten"
                | "DequantizeLinear"
                | "QuantizeLinear"
        );
        let read = if is_layout { &step.inputs[..1.min(step.inputs.len())] } else { &step.inputs };
        if matches!(&step.op[..], "Shape" | "Size" | "ConstantOfShape" | "EyeLike") {
            return Ok((Vec::new(), false));
        }
        let values = || read.iter().flatten().map(|&id| &self.network.values[id]);
        if values().any(|value| value.kind == Kind::Data) {
            return Ok((Vec::new(), false));
        }
        let mut sources: Vec<SourceId> =
            values().flat_map(|value| value.sources.iter().copied()).collect();
        sources.sort_unstable();
        sources.dedup();
        if sources.len() > MAX_SOURCES_OF_A_VALUE {
            let what = format!("is made from more than {MAX_SOURCES_OF_A_VALUE} weights");
            return Err(wrong(node, what));
        }
        let is_source = is_layout && values().all(|value| value.is_source);
        Ok((sources, is_source))
    }
}
