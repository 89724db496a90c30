//! From node features to one embedding a graph: the two encoders behind one face.

use candle_core::{Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::batch::Batch;
use super::config::{Config, EncoderConfig, Readout};
use super::dense::{Mlp, dense, dense_no_bias};
use super::graph_conv::GraphConv;
use super::layer_norm::layer_norm;
use super::residual::ResidualLayer;
use super::segment_max::segment_max;
use crate::error::Result;
use crate::features::paper as paper_columns;

/// A graph encoder.
#[derive(Debug, Clone)]
pub enum Encoder {
    /// As published.
    GraphConv(GraphConvEncoder),
    /// What measures best.
    Residual(ResidualEncoder),
}

impl Encoder {
    /// The encoder that `config` describes, with the weights under `vb`.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn new(config: &Config, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(match config.encoder {
            EncoderConfig::GraphConv { width, layers } => {
                Self::GraphConv(GraphConvEncoder::new(width, layers, vb)?)
            }
            EncoderConfig::Residual { width, layers, readout } => {
                let n_columns = config.features.n_columns();
                Self::Residual(ResidualEncoder::new(n_columns, width, layers, readout, vb)?)
            }
        })
    }

    /// One embedding a graph.
    ///
    /// # Shapes
    /// `[n_graphs, embedding_width]`.
    ///
    /// # Errors
    /// Where the batch has other features than the encoder.
    pub fn forward(&self, batch: &Batch) -> Result<Tensor> {
        match self {
            Self::GraphConv(encoder) => encoder.forward(batch),
            Self::Residual(encoder) => encoder.forward(batch),
        }
    }
}

/// The published encoder: table look-ups, GraphConv layers with tanh, mean readout.
#[derive(Debug, Clone)]
pub struct GraphConvEncoder {
    tables: PaperTables,
    layers: Vec<GraphConv>,
}

impl GraphConvEncoder {
    fn new(width: usize, n_layers: usize, vb: VarBuilder<'_>) -> Result<Self> {
        let layers = (0..n_layers)
            .map(|layer| {
                let n_in = if layer == 0 { PaperTables::WIDTH } else { width };
                GraphConv::new(n_in, width, vb.pp("layers").pp(layer))
            })
            .collect::<Result<_>>()?;
        Ok(Self { tables: PaperTables::new(vb.pp("tables"))?, layers })
    }

    fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let mut h = self.tables.forward(&batch.nodes)?; // [n_nodes, 32]
        for layer in &self.layers {
            h = layer.forward(&h, &batch.sum_before)?.tanh()?;
        }
        batch.readout.matmul(&h) // [n_graphs, width]
    }
}

/// The original's 32 features of a node, from one-hot columns.
///
/// A regular node: operator (24) and sizes (8). A weighted node: operator (14), sizes (8), kernel
/// height and width through one table (4 each), bias (2).
#[derive(Debug, Clone)]
struct PaperTables {
    regular_op: Linear,
    weighted_op: Linear,
    sizes: Linear,
    kernel: Linear,
    bias: Linear,
}

impl PaperTables {
    const WIDTH: usize = 32;

    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            regular_op: dense_no_bias(paper_columns::N_OPS, 24, vb.pp("regular_op"))?,
            weighted_op: dense_no_bias(paper_columns::N_OPS, 14, vb.pp("weighted_op"))?,
            sizes: dense(paper_columns::N_SIZES, 8, vb.pp("sizes"))?,
            kernel: dense_no_bias(paper_columns::N_KERNELS, 4, vb.pp("kernel"))?,
            bias: dense(2, 2, vb.pp("bias"))?,
        })
    }

    fn forward(&self, columns: &Tensor) -> Result<Tensor> {
        let mut start = 0;
        let mut take = |width: usize| {
            start += width;
            columns.narrow(1, start - width, width)?.contiguous()
        };
        let regular_op = self.regular_op.forward(&take(paper_columns::N_OPS)?)?;
        let weighted_op = self.weighted_op.forward(&take(paper_columns::N_OPS)?)?;
        let sizes = self.sizes.forward(&take(paper_columns::N_SIZES)?)?;
        let height = self.kernel.forward(&take(paper_columns::N_KERNELS)?)?;
        let width = self.kernel.forward(&take(paper_columns::N_KERNELS)?)?;
        let bias = self.bias.forward(&take(2)?)?;
        let is_weighted = take(1)?; // [n_nodes, 1]
        let regular = Tensor::cat(&[&regular_op, &sizes], 1)?; // [n_nodes, 32]
        let weighted = Tensor::cat(&[&weighted_op, &sizes, &height, &width, &bias], 1)?; // [n_nodes, 32]
        let difference = (weighted - &regular)?.broadcast_mul(&is_weighted)?;
        Ok((regular + difference)?)
    }
}

/// Our encoder: an MLP on the features, residual layers, final norm, readout.
#[derive(Debug, Clone)]
pub struct ResidualEncoder {
    input: Mlp,
    layers: Vec<ResidualLayer>,
    readout: Readout,
}

impl ResidualEncoder {
    fn new(
        n_columns: usize,
        width: usize,
        n_layers: usize,
        readout: Readout,
        vb: VarBuilder<'_>,
    ) -> Result<Self> {
        let layers = (0..n_layers)
            .map(|layer| ResidualLayer::new(width, vb.pp("layers").pp(layer)))
            .collect::<Result<_>>()?;
        Ok(Self { input: Mlp::new(n_columns, width, width, vb.pp("input"))?, layers, readout })
    }

    fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let mut h = self.input.forward(&batch.nodes)?; // [n_nodes, width]
        for layer in &self.layers {
            h = layer.forward(&h, &batch.mean_before, &batch.mean_after)?;
        }
        let h = layer_norm(&h)?;
        let mean = batch.readout.matmul(&h)?; // [n_graphs, width]
        match self.readout {
            Readout::Mean => Ok(mean),
            Readout::MeanMax => {
                let max = segment_max(&h, &batch.offsets)?;
                Ok(Tensor::cat(&[&mean, &max], 1)?) // [n_graphs, 2 width]
            }
        }
    }
}
