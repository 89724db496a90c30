//! From node features to one embedding a graph: the encoders behind one face.

use candle_core::{Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::batch::Batch;
use super::config::{Config, EncoderConfig, Readout};
use super::dense::{Mlp, dense, table};
use super::graph_conv::GraphConv;
use super::layer_norm::layer_norm;
use super::plain_encoder::PlainEncoder;
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
    /// The baselines.
    Plain(PlainEncoder),
}

impl Encoder {
    /// The encoder that `config` describes, with the weights under `vb`.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn new(config: &Config, vb: VarBuilder<'_>) -> Result<Self> {
        let n_columns = config.features.n_columns();
        Ok(match config.encoder {
            EncoderConfig::GraphConv { width, layers } => {
                Self::GraphConv(GraphConvEncoder::new(width, layers, vb)?)
            }
            EncoderConfig::Residual { width, layers, readout } => {
                Self::Residual(ResidualEncoder::new(n_columns, width, layers, readout, vb)?)
            }
            EncoderConfig::Gcn { width, layers } => {
                Self::Plain(PlainEncoder::gcn(n_columns, width, layers, vb)?)
            }
            EncoderConfig::Gin { width, layers } => {
                Self::Plain(PlainEncoder::gin(n_columns, width, layers, vb)?)
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
            Self::Plain(encoder) => encoder.forward(batch),
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
            regular_op: table(paper_columns::N_OPS, 24, vb.pp("regular_op"))?,
            weighted_op: table(paper_columns::N_OPS, 14, vb.pp("weighted_op"))?,
            sizes: dense(paper_columns::N_SIZES, 8, vb.pp("sizes"))?,
            kernel: table(paper_columns::N_KERNELS, 4, vb.pp("kernel"))?,
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

#[cfg(test)]
mod tests {
    use candle_core::Device;
    use rand::seq::SliceRandom;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::features::{FeatureSet, GraphFeatures, N_PROFILE, N_SCALARS};
    use crate::fit::parameters::Parameters;
    use crate::model::batch::BatchItem;
    use crate::model::statistics::Statistics;

    /// Both presets, the default with the other readout, and the baselines.
    fn configs() -> [Config; 5] {
        let with = |encoder| Config { encoder, ..Config::default() };
        [
            Config::paper(),
            Config::default(),
            with(EncoderConfig::Residual { width: 32, layers: 4, readout: Readout::MeanMax }),
            with(EncoderConfig::Gcn { width: 56, layers: 5 }),
            with(EncoderConfig::Gin { width: 42, layers: 4 }),
        ]
    }

    fn initialised(config: &Config) -> Encoder {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(3));
        Parameters::initialise(rng, |vb| Encoder::new(config, vb)).unwrap().0
    }

    /// A graph whose nodes each read one or two earlier ones.
    fn random_graph(n_nodes: usize, set: FeatureSet, rng: &mut Pcg64Mcg) -> GraphFeatures {
        let mut edges = Vec::new();
        for to in 1..n_nodes as u32 {
            let first = rng.random_range(0..to);
            edges.push((first, to));
            edges.extend((first + 1 < to).then_some((to - 1, to)));
        }
        let nodes = (0..n_nodes * set.n_columns()).map(|_| rng.random_range(-1.0..1.0)).collect();
        let (scalars, profile) = ([0.0; N_SCALARS], [0.0; N_PROFILE]);
        GraphFeatures { n_nodes, nodes, edges, scalars, profile }
    }

    /// The same graph with its nodes in another order.
    fn permuted(graph: &GraphFeatures, rng: &mut Pcg64Mcg) -> GraphFeatures {
        let mut place: Vec<u32> = (0..graph.n_nodes as u32).collect();
        place.shuffle(rng);
        let width = graph.nodes.len() / graph.n_nodes;
        let mut nodes = vec![0.0; graph.nodes.len()];
        for (node, row) in graph.nodes.chunks_exact(width).enumerate() {
            nodes[place[node] as usize * width..][..width].copy_from_slice(row);
        }
        let moved = |&(from, to): &(u32, u32)| (place[from as usize], place[to as usize]);
        let mut edges: Vec<_> = graph.edges.iter().map(moved).collect();
        edges.sort_unstable();
        GraphFeatures { nodes, edges, ..graph.clone() }
    }

    fn embed(encoder: &Encoder, set: FeatureSet, graphs: &[&GraphFeatures]) -> Vec<Vec<f32>> {
        let statistics = Statistics::of(std::iter::empty());
        let items: Vec<_> =
            graphs.iter().map(|features| BatchItem { features, statistics: &statistics }).collect();
        encoder.forward(&Batch::new(&items, set).unwrap()).unwrap().to_vec2().unwrap()
    }

    fn assert_close(got: &[f32], expected: &[f32]) {
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-5, "{got} instead of {expected}");
        }
    }

    #[test]
    fn order_of_nodes_never_changes_an_embedding() {
        let mut rng = Pcg64Mcg::seed_from_u64(4);
        for config in configs() {
            let encoder = initialised(&config);
            for n_nodes in [2, 5, 40] {
                let graph = random_graph(n_nodes, config.features, &mut rng);
                let embedding = &embed(&encoder, config.features, &[&graph])[0];
                assert_eq!(embedding.len(), config.embedding_width());
                for _ in 0..5 {
                    let other = permuted(&graph, &mut rng);
                    assert_close(&embed(&encoder, config.features, &[&other])[0], embedding);
                }
            }
        }
    }

    #[test]
    fn direction_of_edges_changes_an_embedding() {
        let mut rng = Pcg64Mcg::seed_from_u64(5);
        for config in configs() {
            let encoder = initialised(&config);
            let graph = random_graph(6, config.features, &mut rng);
            let edges = graph.edges.iter().map(|&(from, to)| (to, from)).collect();
            let reversed = GraphFeatures { edges, ..graph.clone() };
            let embeddings = embed(&encoder, config.features, &[&graph, &reversed]);
            let moved = embeddings[0].iter().zip(&embeddings[1]).any(|(a, b)| (a - b).abs() > 1e-3);
            assert!(moved, "{:?}", config.encoder);
        }
    }

    #[test]
    fn graphs_of_one_batch_do_not_see_each_other() {
        let mut rng = Pcg64Mcg::seed_from_u64(6);
        for config in configs() {
            let encoder = initialised(&config);
            let graphs = [1, 7, 30].map(|n| random_graph(n, config.features, &mut rng));
            let together = embed(&encoder, config.features, &graphs.each_ref());
            for (graph, embedding) in graphs.iter().zip(together) {
                assert_close(&embed(&encoder, config.features, &[graph])[0], &embedding);
            }
        }
    }

    /// One row of the published columns, with ones at the given places.
    fn paper_row(ones: &[usize]) -> Vec<f32> {
        let mut row = vec![0.0; FeatureSet::Paper.n_columns()];
        ones.iter().for_each(|column| row[*column] = 1.0);
        row
    }

    /// spec section 7: operator 24 and sizes 8, or operator 14, sizes 8, kernel 4 + 4, bias 2.
    #[test]
    fn published_tables_give_a_weighted_node_its_kernel_and_bias() {
        let Encoder::GraphConv(encoder) = initialised(&Config::paper()) else { unreachable!() };
        let tables = encoder.tables;
        let (sizes, kernels) = (2 * paper_columns::N_OPS, 2 * paper_columns::N_OPS + 6);
        let (biases, weighted) = (kernels + 16, kernels + 18);
        let regular = paper_row(&[5, sizes + 2]);
        // Operator 5 again, kernel 3 x 1, with bias.
        let with_weights = [
            paper_columns::N_OPS + 5,
            sizes + 2,
            kernels + 3,
            kernels + 8 + 1,
            biases + 1,
            weighted,
        ];
        let columns = [regular, paper_row(&with_weights)].concat();
        let columns = Tensor::from_vec(columns, (2, FeatureSet::Paper.n_columns()), &Device::Cpu);
        let rows = tables.forward(&columns.unwrap()).unwrap().to_vec2::<f32>().unwrap();

        let row_of = |table: &Linear, idx: usize| -> Vec<f32> {
            table.weight().t().unwrap().get(idx).unwrap().to_vec1().unwrap()
        };
        let affine = |layer: &Linear, idx: usize| -> Vec<f32> {
            let bias: Vec<f32> = layer.bias().unwrap().to_vec1().unwrap();
            row_of(layer, idx).iter().zip(bias).map(|(w, b)| w + b).collect()
        };
        let size = affine(&tables.sizes, 2);
        assert_close(&rows[0], &[row_of(&tables.regular_op, 5), size.clone()].concat());
        let expected = [
            row_of(&tables.weighted_op, 5),
            size,
            row_of(&tables.kernel, 3),
            row_of(&tables.kernel, 1),
            affine(&tables.bias, 1),
        ];
        assert_close(&rows[1], &expected.concat());
    }

    #[test]
    fn published_encoder_is_its_tables_its_convolutions_and_the_mean() {
        let config = Config::paper();
        let whole = initialised(&config);
        let graph = random_graph(9, FeatureSet::Paper, &mut Pcg64Mcg::seed_from_u64(7));
        let statistics = Statistics::of(std::iter::empty());
        let item = BatchItem { features: &graph, statistics: &statistics };
        let batch = Batch::new(&[item], FeatureSet::Paper).unwrap();
        let embedding = whole.forward(&batch).unwrap().to_vec2::<f32>().unwrap();

        let Encoder::GraphConv(parts) = whole else { unreachable!() };
        assert_eq!(parts.layers.len(), 6);
        let mut h = parts.tables.forward(&batch.nodes).unwrap();
        for layer in &parts.layers {
            h = layer.forward(&h, &batch.sum_before).unwrap().tanh().unwrap();
        }
        let mean = h.mean(0).unwrap().to_vec1::<f32>().unwrap();
        assert_close(&embedding[0], &mean);
    }
}
