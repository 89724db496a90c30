//! The hyperparameters that fix a network's shape: two presets share all code.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::features::{FeatureSet, View};

/// No width or count of a network may be larger; a file that says so is refused.
const MAX_SIZE: usize = 4096;
/// The same for the classifiers of pairs, whose sizes multiply.
const MAX_PAIRWISE: usize = 256;

/// Everything that fixes the shape of a network. Stored in the weights' file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What describes a node.
    pub features: FeatureSet,
    /// Which nodes are described.
    pub view: View,
    /// What turns nodes into an embedding.
    pub encoder: EncoderConfig,
    /// Whether the heads see the graph's standardised scalars beside the embedding.
    pub scalars: bool,
    /// Width of the projection that the contrastive loss sees.
    pub projection: usize,
    /// Fuzzy C-means.
    pub fcm: FcmConfig,
    /// The heads, one a cluster.
    pub heads: HeadsConfig,
    /// Classifiers of pairs that speak beside the heads; none without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<PairwiseConfig>,
    /// How accuracies become labels.
    pub label: LabelKind,
}

/// Which encoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum EncoderConfig {
    /// Stacked GraphConv with tanh and mean readout (paper, section 3).
    GraphConv {
        /// Columns of every layer; the published features need 32.
        width: usize,
        /// Number of layers.
        layers: usize,
    },
    /// Pre-norm residual layers that read both directions (DESIGN.md).
    Residual {
        /// Columns of every layer.
        width: usize,
        /// Number of layers.
        layers: usize,
        /// What is read out over a graph's nodes.
        readout: Readout,
    },
    /// Kipf and Welling's convolutions with ReLU and mean readout: a baseline.
    Gcn {
        /// Columns of every layer.
        width: usize,
        /// Number of layers.
        layers: usize,
    },
    /// Graph isomorphism layers with ReLU and mean readout: a baseline.
    Gin {
        /// Columns of every layer.
        width: usize,
        /// Number of layers.
        layers: usize,
    },
}

impl EncoderConfig {
    /// The tensor that reads the columns of a node one by one, if there is one.
    pub fn input_weight(&self) -> Option<&'static str> {
        match self {
            Self::GraphConv { .. } => None,
            Self::Residual { .. } => Some("input.hidden.weight"),
            Self::Gcn { .. } => Some("layers.0.lin.weight"),
            Self::Gin { .. } => Some("layers.0.hidden.weight"),
        }
    }
}

/// What is read out over a graph's nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readout {
    /// The mean: carries over to families of other sizes.
    Mean,
    /// Mean and maximum side by side: for weights trained on all families.
    MeanMax,
}

/// Fuzzy C-means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FcmConfig {
    /// Number of clusters, and so of heads.
    pub clusters: usize,
    /// The fuzzifier m > 1: memberships harden towards 1 and level out as it grows.
    pub fuzzifier: f64,
    /// Whether embeddings are standardised column by column first.
    pub standardise: bool,
}

/// Multi-layer perceptrons of equal shape, one a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadsConfig {
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// Whether a ReLU follows each hidden layer; as many as `hidden`.
    pub relu: Vec<bool>,
}

/// Classifiers that say which of two networks is better (paper: an ensemble of two).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairwiseConfig {
    /// How many of them.
    pub classifiers: usize,
    /// Width of their hidden layer.
    pub hidden: usize,
    /// Training networks of each target that a network is compared to.
    pub references: usize,
    /// Their share of the label; the rest is the heads'.
    pub share: f64,
}

/// How accuracies become labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// Z(A / (log10(F + 1) + 1)) (paper, equation 1).
    Flops,
    /// The normal quantile of the rank within the target.
    RankGauss,
}

impl Config {
    /// The published method, with our readings of what the paper leaves open (DESIGN.md).
    pub fn paper() -> Self {
        Self {
            features: FeatureSet::Paper,
            view: View::Full,
            encoder: EncoderConfig::GraphConv { width: 32, layers: 6 },
            scalars: false,
            projection: 32,
            fcm: FcmConfig { clusters: 6, fuzzifier: 2.0, standardise: false },
            heads: HeadsConfig { hidden: vec![32, 32, 32], relu: vec![false, true, false] },
            pairwise: None,
            label: LabelKind::Flops,
        }
    }

    /// Columns of an embedding.
    pub fn embedding_width(&self) -> usize {
        match self.encoder {
            EncoderConfig::GraphConv { width, .. }
            | EncoderConfig::Gcn { width, .. }
            | EncoderConfig::Gin { width, .. } => width,
            EncoderConfig::Residual { width, readout: Readout::Mean, .. } => width,
            EncoderConfig::Residual { width, readout: Readout::MeanMax, .. } => 2 * width,
        }
    }

    /// Checks that sizes are sane and parts fit each other.
    ///
    /// # Errors
    /// Names the field and what it may be.
    pub fn validate(&self) -> Result<()> {
        let wrong = |message: String| Err(Error::new(ErrorKind::Config, message));
        let (EncoderConfig::GraphConv { width, layers }
        | EncoderConfig::Gcn { width, layers }
        | EncoderConfig::Gin { width, layers }
        | EncoderConfig::Residual { width, layers, .. }) = self.encoder;
        let sizes = [
            ("encoder.width", width),
            ("encoder.layers", layers),
            ("projection", self.projection),
            ("fcm.clusters", self.fcm.clusters),
        ];
        let hidden = self.heads.hidden.iter().map(|&size| ("heads.hidden", size));
        for (name, size) in sizes.into_iter().chain(hidden) {
            if !(1..=MAX_SIZE).contains(&size) {
                return wrong(format!("`{name}` is {size}; expected 1 to {MAX_SIZE}"));
            }
        }
        if self.heads.hidden.len() != self.heads.relu.len() {
            return wrong("`heads.relu` needs one entry for each of `heads.hidden`".to_owned());
        }
        if !(self.fcm.fuzzifier > 1.0 && self.fcm.fuzzifier <= 10.0) {
            let given = self.fcm.fuzzifier;
            return wrong(format!("`fcm.fuzzifier` is {given}; expected more than 1, at most 10"));
        }
        if let Some(pairwise) = &self.pairwise {
            pairwise.check()?;
            if self.label != LabelKind::RankGauss {
                let message = "`pairwise` needs `label` rank-gauss: a chance tells a rank";
                return wrong(message.into());
            }
        }
        let is_published = matches!(self.encoder, EncoderConfig::GraphConv { .. });
        if is_published != (self.features == FeatureSet::Paper) {
            let message = "`features` paper goes with encoder graph-conv, scale-free with others";
            return wrong(message.into());
        }
        Ok(())
    }
}

impl PairwiseConfig {
    fn check(&self) -> Result<()> {
        let Self { classifiers, hidden, references, share } = *self;
        let sizes = [("classifiers", classifiers), ("hidden", hidden), ("references", references)];
        for (name, size) in sizes {
            if !(1..=MAX_PAIRWISE).contains(&size) {
                let message = format!("`pairwise.{name}` is {size}; expected 1 to {MAX_PAIRWISE}");
                return Err(Error::new(ErrorKind::Config, message));
            }
        }
        if !(share > 0.0 && share <= 1.0) {
            let message = format!("`pairwise.share` is {share}; expected more than 0, at most 1");
            return Err(Error::new(ErrorKind::Config, message));
        }
        Ok(())
    }
}

impl Default for Config {
    /// What measures best (docs/results.md).
    fn default() -> Self {
        Self {
            features: FeatureSet::ScaleFree,
            view: View::Fused,
            encoder: EncoderConfig::Residual { width: 32, layers: 4, readout: Readout::MeanMax },
            scalars: true,
            projection: 32,
            fcm: FcmConfig { clusters: 6, fuzzifier: 1.5, standardise: true },
            heads: HeadsConfig { hidden: vec![32, 32], relu: vec![true, true] },
            pairwise: None,
            label: LabelKind::RankGauss,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_valid_and_survive_json() {
        let with = |encoder| Config { encoder, ..Config::default() };
        let gcn = with(EncoderConfig::Gcn { width: 56, layers: 5 });
        let gin = with(EncoderConfig::Gin { width: 42, layers: 4 });
        for config in [Config::default(), Config::paper(), gcn, gin] {
            config.validate().unwrap();
            let text = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
        }
    }

    #[test]
    fn contradictions_are_named() {
        let mut config = Config::default();
        config.fcm.fuzzifier = 1.0;
        assert!(config.validate().unwrap_err().message().contains("fcm.fuzzifier"));
        let config = Config { features: FeatureSet::Paper, ..Config::default() };
        assert!(config.validate().unwrap_err().message().contains("features"));
        let pairwise =
            Some(PairwiseConfig { classifiers: 2, hidden: 64, references: 32, share: 0.5 });
        Config { pairwise, ..Config::default() }.validate().unwrap();
        let config = Config { pairwise, ..Config::paper() };
        assert!(config.validate().unwrap_err().message().contains("rank-gauss"));
        let silent = pairwise.map(|pairwise| PairwiseConfig { share: 0.0, ..pairwise });
        let config = Config { pairwise: silent, ..Config::default() };
        assert!(config.validate().unwrap_err().message().contains("pairwise.share"));
        let mut config = Config::default();
        config.heads.hidden = vec![1 << 20, 64];
        assert!(config.validate().unwrap_err().message().contains("heads.hidden"));
    }
}
