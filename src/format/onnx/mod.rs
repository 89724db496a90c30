//! ONNX files: what PyTorch, TensorFlow, Paddle and ONNX Runtime export, with or without weights.
//!
//!     Read + Seek
//!       -> thin      bytes without weights
//!       -> proto     messages
//!       -> image     which input is the image, and how large it is
//!       -> walk      Network: one flat list of operations, shapes, constants computed
//!       -> fuse      decomposed operators joined
//!       -> lower     layers: our operators with shapes and costs, pass-through ones bridged
//!       -> batch_norm, build    folded batch norms restored, canonical ComputeGraph
//!
//! Weights are never read: a file of 500 MB costs what its structure costs. What was assumed or
//! left out is said in notes.

mod batch_norm;
mod build;
mod call;
mod evaluate;
mod fuse;
mod image;
mod lower;
mod network;
mod numbers;
mod order;
mod proto;
mod scope;
mod shapes;
mod thin;
mod walk;

use std::io::{Read, Seek};

use prost::Message;

pub use self::scope::MAX_INLINE_NESTING;
pub use self::thin::{MAX_FIELDS, MAX_MESSAGE_NESTING, MAX_NAME_BYTES, MAX_STRUCTURE_BYTES};
pub use self::walk::{MAX_OPERATIONS, MAX_SOURCES_OF_A_VALUE};

use self::image::Image;
use self::lower::Layers;
use self::network::Network;
use self::proto::{Graph, Model};
use super::Parsed;
use crate::error::{Error, ErrorKind, Result};
use crate::note::{Note, NoteKind};

/// Outputs of one model, of which one is kept.
pub const MAX_OUTPUTS: usize = 256;
/// The image's side where neither the file nor the caller says one.
pub const DEFAULT_SIDE: u32 = 224;
/// The same for networks of few classes.
pub const DEFAULT_SMALL_SIDE: u32 = 32;
/// Classes up to which [`DEFAULT_SMALL_SIDE`] is assumed.
pub const SMALL_CLASSES: u32 = 100;
/// The share of unknown operators, in percent, above which a file is refused.
pub const MAX_UNKNOWN_PERCENT: usize = 10;

/// What the caller decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnnxOptions {
    /// Height and width of the image, for files that do not fix them.
    pub input_size: Option<[u32; 2]>,
    /// Whether biases that come from folded batch norms become batch norms again.
    pub restore_batch_norm: bool,
}

impl Default for OnnxOptions {
    fn default() -> Self {
        Self { input_size: None, restore_batch_norm: true }
    }
}

/// Whether `bytes` begin as an ONNX file does: a few small fields, then its graph or its opsets.
pub fn recognises(bytes: &[u8]) -> bool {
    // field 1 (ir_version) as a varint comes first in what every exporter writes
    matches!(bytes, [0x08, 1..=32, next, ..] if matches!(next, 0x12 | 0x1a | 0x22 | 0x2a | 0x32 | 0x3a | 0x42))
}

/// The network in an ONNX file.
///
/// # Errors
/// What can't be read (with its byte), understood (with its node) or held in a graph.
pub fn read(reader: impl Read + Seek, options: &OnnxOptions) -> Result<Parsed> {
    let bytes = thin::thin(reader)?;
    let model = Model::decode(&bytes[..]).map_err(|error| {
        Error::new(ErrorKind::Syntax, format!("no onnx model: {error}; is the file complete?"))
    })?;
    drop(bytes);
    let Some(graph) = &model.graph else {
        let message =
            "no onnx model: there is no graph in it; expected a model as onnx.save writes it";
        return Err(Error::new(ErrorKind::Syntax, message));
    };
    let image = image::find(graph)?;
    let mut notes = Vec::new();
    let (network, image) = sized(&model, graph, image, options, &mut notes)?;
    let layers = lower::lower(&network, image.channel)?;
    note_unknown(&network, &layers, &mut notes)?;
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
    let assume = |side: u32, notes: &mut Vec<Note>| {
        let message = format!(
            "the file does not say how large its image is: {side} x {side} is assumed; say it with \
             an input size"
        );
        notes.push(Note::new(NoteKind::Assumed, message));
    };
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
            assume(DEFAULT_SMALL_SIDE, notes);
            notes.extend(small_notes);
            return Ok((network, small));
        }
    }
    let network = network?;
    assume(DEFAULT_SIDE, notes);
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
    fuse::fuse(&mut network);
    Ok(network)
}

fn note_unknown(network: &Network, layers: &Layers, notes: &mut Vec<Note>) -> Result<()> {
    let n_unknown: usize = layers.unknown.values().sum();
    if n_unknown == 0 {
        return Ok(());
    }
    let names: Vec<String> =
        layers.unknown.iter().map(|(op, times)| format!("{op} ({times})")).collect();
    let list = names.join(", ");
    if n_unknown * 100 > network.steps.len() * MAX_UNKNOWN_PERCENT {
        let message = format!(
            "{n_unknown} of {} operations are not known: {list}; at most {MAX_UNKNOWN_PERCENT} % may \
             be",
            network.steps.len()
        );
        return Err(Error::new(ErrorKind::InvalidGraph, message));
    }
    let message = format!("operators that are not known stand in the graph as `unknown`: {list}");
    notes.push(Note::new(NoteKind::Unknown, message));
    Ok(())
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
