//! Encoders of the baselines: published layers one after the other, ReLU between, mean readout.

use candle_core::Tensor;
use candle_nn::VarBuilder;

use super::batch::Batch;
use super::gcn_conv::{GcnConv, degree_scale};
use super::gin_conv::GinConv;
use crate::error::Result;

/// Layers of one kind, `width` columns each; a ReLU follows all but the last.
#[derive(Debug, Clone)]
pub struct PlainEncoder {
    layers: Layers,
}

#[derive(Debug, Clone)]
enum Layers {
    Gcn(Vec<GcnConv>),
    Gin(Vec<GinConv>),
}

impl PlainEncoder {
    /// `n_layers` layers of Kipf and Welling's convolution under `vb`, the first of `n_columns`.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn gcn(
        n_columns: usize,
        width: usize,
        n_layers: usize,
        vb: VarBuilder<'_>,
    ) -> Result<Self> {
        let layers = stacked(n_columns, width, n_layers, vb, GcnConv::new)?;
        Ok(Self { layers: Layers::Gcn(layers) })
    }

    /// The same of graph isomorphism layers.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn gin(
        n_columns: usize,
        width: usize,
        n_layers: usize,
        vb: VarBuilder<'_>,
    ) -> Result<Self> {
        let layers = stacked(n_columns, width, n_layers, vb, GinConv::new)?;
        Ok(Self { layers: Layers::Gin(layers) })
    }

    /// One embedding a graph: `[n_graphs, width]`.
    ///
    /// # Errors
    /// Where the batch has other features than the encoder.
    pub fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let h = match &self.layers {
            Layers::Gcn(layers) => {
                let scale = degree_scale(&batch.sum_before, batch.nodes.dim(0)?)?;
                through(layers, batch, |layer, h| layer.forward(h, &batch.sum_before, &scale))
            }
            Layers::Gin(layers) => {
                through(layers, batch, |layer, h| layer.forward(h, &batch.sum_before))
            }
        }?; // [n_nodes, width]
        batch.readout.matmul(&h) // [n_graphs, width]
    }
}

fn stacked<L>(
    n_columns: usize,
    width: usize,
    n_layers: usize,
    vb: VarBuilder<'_>,
    new: fn(usize, usize, VarBuilder<'_>) -> Result<L>,
) -> Result<Vec<L>> {
    let n_in = |layer: usize| if layer == 0 { n_columns } else { width };
    let layers = vb.pp("layers");
    (0..n_layers).map(|layer| new(n_in(layer), width, layers.pp(layer))).collect()
}

fn through<L>(
    layers: &[L],
    batch: &Batch,
    forward: impl Fn(&L, &Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let mut h = batch.nodes.clone();
    for (place, layer) in layers.iter().enumerate() {
        h = forward(layer, &h)?;
        if place + 1 < layers.len() {
            h = h.relu()?;
        }
    }
    Ok(h)
}
