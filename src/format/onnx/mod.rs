//! ONNX files: what PyTorch, TensorFlow, Paddle and ONNX Runtime export, with or without weights.
//!
//! ```text
//! Read + Seek
//!   -> thin      bytes without weights
//!   -> proto     messages
//!   -> image     which input is the image, and how large it is
//!   -> walk      Network: one flat list of operations, shapes, constants computed
//!   -> quantised    operations on integers as those on real numbers
//!   -> fuse      decomposed operators joined
//!   -> lower     layers: our operators with shapes and costs, pass-through ones bridged
//!   -> batch_norm, build    folded batch norms restored, canonical ComputeGraph
//! ```
//!
//! Weights are never read: a file of 500 MB costs what its structure costs. What was assumed or
//! left out is said in notes.

mod batch_norm;
mod build;
mod call;
mod evaluate;
mod fuse;
mod image;
mod leaf;
mod lower;
mod network;
mod numbers;
mod order;
mod proto;
mod quantised;
mod scope;
mod shapes;
mod thin;
mod walk;

use std::io::{Read, Seek};

use prost::Message;

pub use self::scope::MAX_INLINE_NESTING;
pub use self::thin::{MAX_FIELDS, MAX_MESSAGE_NESTING, MAX_NAME_BYTES, MAX_STRUCTURE_BYTES};
pub use self::walk::{
    MAX_INLINED_BYTES, MAX_INPUTS, MAX_NUMBERS, MAX_OPERATIONS, MAX_SOURCES_OF_A_VALUE,
};

use self::image::Image;
use self::network::Network;
use self::proto::{Graph, Model};
use super::Parsed;
pub use super::apart::OnnxOptions;
use super::size::{self, DEFAULT_SIDE, DEFAULT_SMALL_SIDE, SMALL_CLASSES};
use crate::error::{Error, ErrorKind, Result};
use crate::note::{Note, NoteKind};

/// Outputs of one model, of which one is kept.
pub const MAX_OUTPUTS: usize = 256;

/// The network in an ONNX file.
///
/// # Errors
/// As [`open`] and [`Structure::network`].
pub fn read(reader: impl Read + Seek, options: &OnnxOptions) -> Result<Parsed> {
    open(reader)?.network(options)
}

/// What an ONNX file holds besides its weights, before a network is made of it.
#[derive(Debug)]
pub struct Structure(Model);

/// Reads a file's structure and passes its weights over.
///
/// # Errors
/// What can't be read, with its byte.
pub fn open(reader: impl Read + Seek) -> Result<Structure> {
    let bytes = thin::thin(reader)?;
    let model = Model::decode(&bytes[..]).map_err(|error| {
        Error::new(ErrorKind::Syntax, format!("no onnx model: {error}; is the file complete?"))
    })?;
    Ok(Structure(model))
}

impl Structure {
    /// The version of the standard operators, where the file names it.
    pub fn opset(&self) -> Option<i64> {
        self.0.opset()
    }

    /// Whether the file leaves the size of its image open.
    pub fn has_open_size(&self) -> bool {
        let image = self.0.graph.as_ref().and_then(|graph| image::find(graph).ok());
        image.is_some_and(|image| image.dims.len() == 4 && image.dims.contains(&0))
    }

    /// The network.
    ///
    /// # Errors
    /// What can't be understood (with its node) or held in a graph.
    pub fn network(&self, options: &OnnxOptions) -> Result<Parsed> {
        network_of(&self.0, options)
    }
}

fn network_of(model: &Model, options: &OnnxOptions) -> Result<Parsed> {
    let Some(graph) = &model.graph else {
        let message =
            "no onnx model: there is no graph in it; expected a model as onnx.save writes it";
        return Err(Error::new(ErrorKind::Syntax, message));
    };
    let image = image::find(graph)?;
    let mut notes = Vec::new();
    let (network, image) = sized(model, graph, image, options, &mut notes)?;
    let layers = lower::lower(&network, image.channel)?;
    if let Some(list) = layers.unknown.listed(network.steps.len(), "operations are not known")? {
        let message =
            format!("operators that are not known stand in the graph as `unknown`: {list}");
        notes.push(Note::new(NoteKind::Unknown, message));
    }
    let restored = match options.restore_batch_norm {
        true => batch_norm::folded(&layers),
        false => vec![false; layers.list.len()],
    };
    note_restored(&restored, &mut notes);
    let graph = build::build(&network.name, layers, &restored)?;
    Ok(Parsed::Graph { graph, notes })
}

/// The network for the image's size: the file's, the caller's, or the default.
fn sized(
    model: &Model,
    graph: &Graph,
    image: Image,
    options: &OnnxOptions,
    notes: &mut Vec<Note>,
) -> Result<(Network, Image)> {
    let sides: Vec<usize> = (1..image.dims.len()).filter(|&axis| axis != image.channel).collect();
    if sides.iter().all(|&axis| image.dims[axis] > 0) && !sides.is_empty() {
        let [h, w] = [0, 1].map(|idx| sides.get(idx).map_or(1, |&axis| image.dims[axis]));
        if let Some([height, width]) = options.input_size
            && [h, w] != [i64::from(height), i64::from(width)]
        {
            let message =
                format!("the file fixes its image at {h} x {w}, so {height} x {width} is not used");
            notes.push(Note::new(NoteKind::Assumed, message));
        }
        return Ok((joined(model, graph, &image, notes)?, image));
    }
    if image.dims.len() != 4 {
        let message =
            format!("the input `{}` has no fixed size; export the network with one", image.name);
        return Err(Error::new(ErrorKind::InvalidGraph, message));
    }
    let with = |[height, width]: [u32; 2]| {
        let mut sized = image.clone();
        for (&axis, side) in sides.iter().zip([height, width]) {
            if sized.dims[axis] == 0 {
                sized.dims[axis] = i64::from(side);
            }
        }
        sized
    };
    if let Some(size) = options.input_size {
        let sized = with(size);
        return Ok((joined(model, graph, &sized, notes)?, sized));
    }
    let large = with([DEFAULT_SIDE; 2]);
    let mut large_notes = Vec::new();
    let network = joined(model, graph, &large, &mut large_notes);
    let is_small = network.as_ref().map_or(true, |network| {
        let classes = network.values[network.output].dims.as_ref().and_then(|dims| dims.last());
        classes.is_some_and(|&classes| classes <= i64::from(SMALL_CLASSES))
    });
    if is_small {
        let small = with([DEFAULT_SMALL_SIDE; 2]);
        let mut small_notes = Vec::new();
        if let Ok(network) = joined(model, graph, &small, &mut small_notes) {
            notes.push(size::assumed("file", DEFAULT_SMALL_SIDE));
            notes.extend(small_notes);
            return Ok((network, small));
        }
    }
    let network = network.map_err(|error| {
        error.context(format!("at {DEFAULT_SIDE} x {DEFAULT_SIDE}, which is assumed for its image"))
    })?;
    notes.push(size::assumed("file", DEFAULT_SIDE));
    notes.extend(large_notes);
    Ok((network, large))
}

/// The network between the image and its main output, with decomposed operators joined.
fn joined(model: &Model, graph: &Graph, image: &Image, notes: &mut Vec<Note>) -> Result<Network> {
    let (mut network, outputs) = walk::walk(model, graph, image)?;
    if outputs.len() > MAX_OUTPUTS {
        let message = format!("the onnx model has more than {MAX_OUTPUTS} outputs");
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let producers = network.producers();
    let reached: Vec<(usize, Vec<bool>)> = outputs
        .iter()
        .filter(|&&id| network.is_data(id))
        .map(|&id| (id, network.ancestors(id, &producers)))
        .collect();
    let size = |found: &[bool]| found.iter().filter(|&&is| is).count();
    let most = reached.iter().map(|(_, found)| size(found)).max();
    let main = reached.iter().find(|(_, found)| Some(size(found)) == most);
    let Some((output, found)) = main else {
        let message = "no output of the onnx model depends on its image";
        return Err(Error::new(ErrorKind::InvalidGraph, message));
    };
    network.output = *output;
    if outputs.len() > 1 {
        let message = format!(
            "of {} outputs `{}` is kept, which most of the network leads to",
            outputs.len(),
            network.values[*output].name
        );
        notes.push(Note::new(NoteKind::Assumed, message));
    }
    network.retain(found);
    note_quantised(quantised::plain(&mut network), notes);
    if network.is_blocked {
        let message = "ONNX Runtime wrote the file for one processor: numbers of channels may be \
                       rounded up to what it computes at once";
        notes.push(Note::new(NoteKind::Assumed, message));
    }
    fuse::fuse(&mut network);
    Ok(network)
}

fn note_quantised(n_activations: usize, notes: &mut Vec<Note>) {
    if n_activations > 0 {
        let message = format!(
            "{n_activations} activations had become ranges of quantised numbers; they are \
             activations again"
        );
        notes.push(Note::new(NoteKind::Restored, message));
    }
}

fn note_restored(restored: &[bool], notes: &mut Vec<Note>) {
    let n = restored.iter().filter(|&&is| is).count();
    if n > 0 {
        let message = format!(
            "{n} biases come from batch norms that the exporter folded away; they are batch norms \
             again"
        );
        notes.push(Note::new(NoteKind::Restored, message));
    }
}

#[cfg(test)]
mod sketch;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::proto::{Attribute, Function};
    use super::sketch::{Sketch, int, node, ops, row, value};
    use super::*;

    /// A convolution of 4 channels on an image of `side` pixels, a mean and `classes` logits.
    fn small(side: i64, classes: i64) -> Sketch {
        Sketch::new(&[0, 3, side, side])
            .weight("w", &[4, 3, 3, 3])
            .weight("v", &[4, classes])
            .node("Conv", "x w", "a", &[row("pads", &[1, 1, 1, 1])])
            .node("Relu", "a", "b", &[])
            .node("ReduceMean", "b", "c", &[row("axes", &[2, 3]), int("keepdims", 0)])
            .node("MatMul", "c v", "y", &[])
            .ends("y")
    }

    fn error(sketch: &Sketch) -> String {
        sketch.read().expect_err("it should not be read").to_string()
    }

    #[test]
    fn costs_are_those_of_the_layers() {
        let (graph, notes) = small(8, 10).read().unwrap();
        assert_eq!(ops(&graph), "conv globalavgpool linear relu");
        // by hand: 3 * 3 * 3 * 4 + 4 * 10; 108 * 8 * 8 + 40
        assert_eq!((graph.cost().params, graph.cost().macs), (148, 6952));
        assert_eq!(notes, []);
    }

    #[test]
    fn the_image_is_as_large_as_the_file_says_then_the_caller_then_the_default() {
        let size = |sketch: &Sketch, input_size| {
            let options = OnnxOptions { input_size, ..OnnxOptions::default() };
            let (graph, notes) = sketch.read_with(&options).unwrap();
            let messages: Vec<String> = notes.into_iter().map(|note| note.message).collect();
            (graph.input_shape().h, graph.input_shape().w, messages.join("; "))
        };
        let assumed = |side: u32| {
            format!(
                "the file does not say how large its image is: {side} x {side} is assumed; say it \
                 with an input size"
            )
        };
        let fixed = "the file fixes its image at 8 x 8, so 6 x 4 is not used";
        assert_eq!(size(&small(8, 10), None), (8, 8, String::new()));
        assert_eq!(size(&small(8, 10), Some([6, 4])), (8, 8, fixed.to_owned()));
        assert_eq!(size(&small(0, 10), Some([6, 4])), (6, 4, String::new()));
        assert_eq!(size(&small(0, 100), None), (32, 32, assumed(32)));
        assert_eq!(size(&small(0, 101), None), (224, 224, assumed(224)));
    }

    #[test]
    fn weights_may_be_inputs_without_numbers_and_count_once() {
        let sketch = Sketch::new(&[1, 4, 8, 8])
            .input("w", &[4, 4, 1, 1])
            .input("gain", &[4, 1, 1])
            .node("Conv", "x w", "a", &[])
            .node("Relu", "a", "b", &[])
            .node("Conv", "b w", "c", &[])
            .node("Tanh", "c", "d", &[])
            .node("Mul", "d gain", "y", &[])
            .ends("y");
        let (graph, _) = sketch.read().unwrap();
        assert_eq!((graph.cost().params, graph.cost().macs), (16 + 4, 2 * 16 * 64));
    }

    #[test]
    fn two_images_are_an_error_that_names_both() {
        let sketch = small(8, 10)
            .input("z", &[1, 3, 8, 8])
            .node("Conv", "z w", "e", &[])
            .node("Add", "b e", "u", &[])
            .ends("u");
        let expected =
            "the onnx model reads two images, `x` and `z`; expected a network of one image";
        assert_eq!(error(&sketch), expected);
    }

    #[test]
    fn of_several_outputs_the_deepest_is_kept_and_said_to_be() {
        let (graph, notes) = small(8, 10).ends("b y c").read().unwrap();
        assert_eq!(graph.node(graph.n_nodes() - 1).output.c, 10);
        assert_eq!(
            notes[0].message,
            "of 3 outputs `y` is kept, which most of the network leads to"
        );
        let many = vec!["y"; MAX_OUTPUTS + 1].join(" ");
        assert_eq!(error(&small(8, 10).ends(&many)), "the onnx model has more than 256 outputs");
        let none = Sketch::new(&[1, 3, 8, 8]).ints("k", &[1]).node("Relu", "x", "a", &[]).ends("k");
        assert_eq!(error(&none), "no output of the onnx model depends on its image");
    }

    #[test]
    fn functions_and_constant_branches_are_resolved() {
        let mut sketch = small(8, 10);
        let function = Function {
            name: "Act".into(),
            domain: "own".into(),
            inputs: vec!["i".into()],
            outputs: vec!["o".into()],
            nodes: vec![node("Sigmoid", "i", "s", &[]), node("Mul", "i s", "o", &[])],
            ..Function::default()
        };
        sketch.functions.push(function);
        sketch.graph.nodes[1].op_type = "Act".into();
        sketch.graph.nodes[1].domain = "own".into();
        let branch = |name: &str, op: &str| Attribute {
            name: name.into(),
            g: Some(Graph {
                nodes: vec![node(op, "y", "z", &[])],
                outputs: vec![value("z", &[])],
                ..Graph::default()
            }),
            ..Attribute::default()
        };
        let branches = [branch("then_branch", "Tanh"), branch("else_branch", "Exp")];
        let chosen = sketch
            .clone()
            .node("Shape", "x", "s", &[])
            .ints("nchw", &[1])
            .node("Gather", "s nchw", "three", &[])
            .node("Equal", "three three", "is", &[])
            .node("If", "is", "q", &branches)
            .ends("q");
        let (graph, _) = chosen.read().unwrap();
        assert_eq!(ops(&graph), "conv globalavgpool linear swish tanh");
        let open = sketch.node("If", "y", "q", &branches).ends("q");
        assert_eq!(
            error(&open),
            "If `q` branches on what is known only when it runs; expected a fixed graph"
        );
    }

    #[test]
    fn operators_that_run_an_unknown_time_are_named() {
        for op in ["Loop", "Scan", "NonMaxSuppression", "RoiAlign", "SequenceAt"] {
            let sketch = small(8, 10).node(op, "y", "z", &[]).ends("z");
            assert_eq!(
                error(&sketch),
                format!("{op} `z` is not understood; expected a network without it")
            );
        }
    }

    #[test]
    fn unknown_operators_are_counted_up_to_a_tenth() {
        let mut sketch = small(8, 10).node("Whirl", "y", "z0", &[]);
        let few = sketch.clone().ends("z0");
        assert_eq!(error(&few), "1 of 5 operations are not known: Whirl (1); at most 10 % may be");
        for idx in 0..5 {
            sketch = sketch.node("Tanh", &format!("z{idx}"), &format!("z{}", idx + 1), &[]);
        }
        let (graph, notes) = sketch.ends("z5").read().unwrap();
        assert!(ops(&graph).ends_with("tanh tanh tanh tanh tanh unknown"));
        assert_eq!(
            notes[0].message,
            "operators that are not known stand in the graph as `unknown`: Whirl (1)"
        );
    }

    #[test]
    fn errors_name_the_node_and_what_does_not_fit() {
        let cases = [
            (
                small(8, 10).node("Relu", "nowhere", "z", &[]),
                "Relu `z` reads `nowhere`, which nothing before it writes",
            ),
            (
                small(8, 10).ints("s", &[7]).node("Reshape", "y s", "z", &[]),
                "Reshape `z` does not fit: a tensor of [1, 10] does not reshape to [7]",
            ),
            (
                small(2, 10).node("Conv", "x w", "z", &[]),
                "Conv `z` does not fit: a window of [3, 3] does not fit [1, 3, 2, 2]",
            ),
            (
                small(8, 10).node("MatMul", "y y", "z", &[]),
                "MatMul `z` does not fit: matrices of [1, 10] and [1, 10] do not multiply",
            ),
            (
                small(8, 10).node("OneHot", "y", "q", &[]).node("Relu", "q", "z", &[]),
                "OneHot: the shape of `q` is not known before the network runs",
            ),
        ];
        for (sketch, expected) in cases {
            assert_eq!(error(&sketch.ends("z")), expected);
        }
    }

    #[test]
    fn each_limit_is_an_error() {
        let long = "n".repeat(MAX_NAME_BYTES as usize + 1);
        let named = Sketch::new(&[1, 3, 8, 8]).node("Relu", "x", &long, &[]).ends("y");
        assert!(error(&named).starts_with("the onnx model has a name of more than 4096 bytes"));

        let mut deep = node("Relu", "x", "y", &[]);
        for _ in 0..MAX_MESSAGE_NESTING / 3 + 1 {
            let graph = Graph { nodes: vec![deep], ..Graph::default() };
            let body = Attribute { name: "b".into(), g: Some(graph), ..Attribute::default() };
            deep = node("If", "x", "y", &[body]);
        }
        let mut nested = Sketch::new(&[1, 3, 8, 8]).ends("y");
        nested.graph.nodes.push(deep);
        assert!(error(&nested).contains("nested deeper than 48 messages"));

        let ints = row("pads", &vec![i64::MAX; MAX_STRUCTURE_BYTES as usize / 9 + 1]);
        let large = Sketch::new(&[1, 3, 8, 8]).node("Relu", "x", "y", &[ints]).ends("y");
        assert!(error(&large).contains("more than 16777216 bytes besides its weights"));

        let many = " a".repeat(MAX_FIELDS);
        let wide = Sketch::new(&[1, 3, 8, 8]).node("Sum", &many, "y", &[]).ends("y");
        assert!(error(&wide).contains("more than 2000000 fields"));

        let many = " x".repeat(MAX_INPUTS + 1);
        let wide = Sketch::new(&[1, 3, 8, 8]).node("Sum", &many, "y", &[]).ends("y");
        assert_eq!(error(&wide), "Sum `y` reads more than 4096 tensors");

        let mut wide = Sketch::new(&[1, 3, 8, 8]).node("Relu", "x", "y", &[]).ends("y");
        wide.graph.nodes.resize(MAX_OPERATIONS + 1, super::proto::Node::default());
        assert_eq!(error(&wide), "the onnx model has more than 200000 operations");
    }

    #[test]
    fn each_limit_of_what_values_hold_is_an_error() {
        let names = |n: usize| (0..n).map(|idx| format!("w{idx}")).collect::<Vec<_>>().join(" ");
        let n = MAX_SOURCES_OF_A_VALUE + 1;
        let weights = (0..n).fold(small(8, 10), |one, idx| one.weight(&format!("w{idx}"), &[4]));
        let joined = weights.node("Concat", &names(n), "z", &[int("axis", 0)]).ends("y");
        assert_eq!(error(&joined), "Concat `z` is made from more than 512 weights");

        let mut filled = small(8, 10).ints("n", &[4_096]);
        for idx in 0..=MAX_NUMBERS / 4_096 {
            filled = filled.node("ConstantOfShape", "n", &format!("c{idx}"), &[]);
        }
        let filled = filled.node("Relu", "y", "z", &[]).ends("z");
        let expected = "the onnx model has more than 8388608 numbers in small constants";
        assert_eq!(error(&filled), expected);

        let axes = small(8, 10).ints("s", &[1; 17]).ints("many", &[1 << 40, 1]);
        let deep = axes.clone().node("Expand", "y s", "z", &[]).ends("z");
        let expected = "Expand `z` writes a tensor of more than 16 axes of at most 4294967296";
        assert_eq!(error(&deep), expected);
        assert_eq!(error(&axes.node("Expand", "y many", "z", &[]).ends("z")), expected);

        // 2^53 numbers are not counted, and no map is as high
        let vast = small(8, 10).weight("u", &[1 << 30, 1 << 20, 10]).node("Mul", "y u", "z", &[]);
        let message = error(&vast.ends("z"));
        assert!(message.contains("has sides outside of 1 to"), "{message}");
    }

    #[test]
    fn each_limit_of_what_layers_read_is_an_error() {
        // one value that 64 layers wrote a part of, then one more
        let mut spliced = small(8, 10).ints("i", &[0]).node("Tanh", "y", "v0", &[]);
        for idx in 1..=64 {
            spliced = spliced.node("Tanh", "y", &format!("t{idx}"), &[]).node(
                "ScatterElements",
                &format!("v{} i t{idx}", idx - 1),
                &format!("v{idx}"),
                &[],
            );
        }
        let expected = "joins more than 64 tensors without an operator";
        assert!(error(&spliced.clone().ends("v64")).ends_with(expected));
        let many = " v63".repeat(MAX_INPUTS);
        let mut wide = spliced;
        wide.graph.nodes.truncate(wide.graph.nodes.len() - 1);
        for idx in 0..4 {
            wide = wide.node("Concat", &many, &format!("z{idx}"), &[int("axis", 1)]);
        }
        let wide = wide.node("Concat", "z0 z1 z2 z3", "z", &[int("axis", 1)]).ends("z");
        assert!(error(&wide).ends_with("the layers read more than 1000000 tensors"));
    }

    #[test]
    fn functions_that_call_themselves_end() {
        let mut sketch = small(8, 10).node("F", "y", "z", &[]).ends("z");
        let function = Function {
            name: "F".into(),
            inputs: vec!["i".into()],
            outputs: vec!["o".into()],
            nodes: vec![node("F", "i", "o", &[])],
            ..Function::default()
        };
        sketch.functions.push(function);
        assert!(error(&sketch).ends_with("F `o` lies within more than 32 functions"));
        // 2^30 calls, unless something ends them
        sketch.functions = (0..30)
            .map(|depth| {
                let inner = if depth == 29 { "Relu".to_owned() } else { format!("F{}", depth + 1) };
                Function {
                    name: if depth == 0 { "F".to_owned() } else { format!("F{depth}") },
                    inputs: vec!["i".into()],
                    outputs: vec!["o".into()],
                    nodes: vec![node(&inner, "i", "m", &[]), node(&inner, "m", "o", &[])],
                    ..Function::default()
                }
            })
            .collect();
        assert!(error(&sketch).ends_with("the onnx model has more than 200000 operations"));
        let text = Attribute { name: "t".into(), s: vec![b'a'; 8_000], ..Attribute::default() };
        for function in &mut sketch.functions {
            function.nodes[0].attributes.push(text.clone());
        }
        assert!(error(&sketch).ends_with("more than 67108864 bytes in functions and branches"));
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_an_error_or_a_smaller_network() {
        let bytes = small(8, 10).bytes();
        for end in (0..bytes.len()).step_by(7) {
            let _ = read(std::io::Cursor::new(&bytes[..end]), &OnnxOptions::default());
        }
        let error = read(std::io::Cursor::new(b"hello"), &OnnxOptions::default());
        assert_eq!(error.expect_err("no model").kind(), ErrorKind::Syntax);
        let empty = read(std::io::Cursor::new(b""), &OnnxOptions::default());
        let expected =
            "no onnx model: there is no graph in it; expected a model as onnx.save writes it";
        assert_eq!(empty.expect_err("nothing").message(), expected);
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..8)) {
            let mut sketch = small(8, 10);
            sketch.graph.initializers.iter_mut().for_each(|tensor| tensor.skipped = false);
            let mut bytes = sketch.bytes();
            for (at, byte) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] = byte;
            }
            let _ = read(std::io::Cursor::new(bytes), &OnnxOptions::default());
        }
    }
}
