//! What the weights' file says of a general target: an accuracy for networks of no known family.
//!
//! The numbers that its Gaussian process needs beside its rows; [`crate::general`] makes the process
//! of them. Here they are only read and checked.

use candle_core::DType;
use serde::{Deserialize, Serialize};

use super::metadata::weights;
use super::novelty::NoveltyScale;
use super::target::HeldOut;
use super::weights::Weights;
use crate::error::Result;

/// Networks that one may have seen.
const MAX_NETWORKS: usize = 2048;

/// A general target: `general/imagenet`, `general/cifar10`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct General {
    /// `general/DATASET`.
    pub name: String,
    /// Data set, and whose recipes, in words.
    pub title: String,
    /// Networks that it was fitted to.
    pub networks: usize,
    /// What was held out together when it was judged, in words.
    pub groups: String,
    /// The numbers of a network that it reads, as places in its row.
    pub places: Vec<usize>,
    /// Their means.
    pub mean: Vec<f64>,
    /// Their standard deviations.
    pub deviation: Vec<f64>,
    /// How much each says: r_d of [`crate::fit::relevance`].
    pub stretch: Vec<f64>,
    /// How alike the lengths are that the kernel mixes ([`crate::fit::gaussian_process::Kernel::alpha`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Variance of the kernel's linear trend over stretched rows ([`crate::fit::gaussian_process::Kernel::linear`]).
    #[serde(default)]
    pub linear: f64,
    /// Noise of the labels, as a share of the variance that the kernel explains.
    pub noise: f64,
    /// Half-width of the 90 % interval, in the process's own deviations.
    pub radius: f64,
    /// Cross-validated with whole groups held out.
    pub held_out: HeldOut,
    /// The process's deviations for the networks held out.
    pub novelty: NoveltyScale,
}

/// The networks that a process has seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// Stretched rows.
    pub(crate) rows: Vec<Vec<f64>>,
    /// ln(1 - accuracy).
    pub(crate) labels: Vec<f64>,
}

impl General {
    /// The names of its tensors, by its index in the file.
    pub(crate) fn tensors(index: usize) -> [String; 2] {
        ["rows", "labels"].map(|what| format!("general.{index}.{what}"))
    }

    /// Its networks, from the tensors of a file.
    ///
    /// # Errors
    /// Where tensors are missing or do not fit its tables.
    pub(crate) fn seen(&self, file: &Weights, index: usize) -> Result<Seen> {
        let [rows, labels] = Self::tensors(index);
        let (rows, labels) = (file.get(&rows)?, file.get(&labels)?);
        let fits = rows.dims() == [self.networks, self.places.len()]
            && labels.dims() == [self.networks]
            && (rows.dtype(), labels.dtype()) == (DType::F32, DType::F64);
        if !fits {
            return Err(weights(format!("the tensors of `{}` do not fit its tables", self.name)));
        }
        let widened = |row: Vec<f32>| row.into_iter().map(f64::from).collect();
        let rows = rows.to_vec2::<f32>()?.into_iter().map(widened).collect();
        Ok(Seen { rows, labels: labels.to_vec1()? })
    }

    /// Checks sizes and numbers.
    ///
    /// # Errors
    /// Names the target whose tables are damaged.
    pub(super) fn check(&self) -> Result<()> {
        let tables = [&self.mean, &self.deviation, &self.stretch];
        let is_sound = tables.iter().all(|table| table.len() == self.places.len())
            && tables.into_iter().flatten().all(|number| number.is_finite())
            && self.deviation.iter().all(|deviation| *deviation > 0.0)
            && [self.noise, self.radius, self.alpha.unwrap_or(1.0)]
                .iter()
                .all(|number| number.is_finite() && *number > 0.0)
            && self.linear.is_finite()
            && self.linear >= 0.0
            && self.novelty.is_valid()
            && (2..=MAX_NETWORKS).contains(&self.networks);
        if is_sound { Ok(()) } else { Err(weights(format!("`{}` has a damaged table", self.name))) }
    }
}
