//! How well targets adapted to a few drawn networks do on the others of their family.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::data::{DataSet, Network};
use super::split::Split;
use crate::adapt::held_out::Figures;
use crate::adapt::regressors::regressors;
use crate::adapt::source::{Opinion, Reading, opinions};
use crate::adapt::target::{GaussianTarget, Range, Scale};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::metrics::OverSeeds;
use crate::model::ensemble::Ensemble;

/// Families with fewer networks are drawn from and evaluated on whole; larger ones by their splits.
const SMALL: usize = 400;
/// Networks that one forward pass takes.
const FORWARD_BATCH: usize = 64;

/// What speaks in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rival {
    /// A Gaussian process on the graph's numbers and what the weights see.
    Adapted,
    /// The same on the graph's numbers alone.
    GraphAlone,
    /// Log10 of the graph's parameters.
    LogParams,
    /// Log10 of the graph's multiply-adds.
    LogMacs,
}

/// Figures of one rival for one target, over seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FewShot {
    /// Target.
    pub target: String,
    /// What speaks.
    pub rival: Rival,
    /// Networks that it is evaluated on, for the first seed.
    pub networks: usize,
    /// Spearman's rank correlation.
    pub spearman: Option<OverSeeds>,
    /// Mean absolute error, a fraction.
    pub mae: Option<OverSeeds>,
    /// Share of accuracies in the 90 % interval.
    pub coverage: Option<OverSeeds>,
}

/// Adapts to `n_drawn` networks, drawn once for each of `n_seeds` seeds, and evaluates on networks
/// of `split` that were not drawn (in a family of less than 400 networks: on all others).
///
/// # Errors
/// Where the family has too few networks.
pub fn evaluate(
    ensemble: &Ensemble,
    data: &DataSet,
    target: usize,
    split: Split,
    (n_drawn, n_seeds): (usize, u64),
) -> Result<Vec<FewShot>> {
    let name = &data.targets[target].name;
    let networks: Vec<&Network> = data.networks.iter().filter(|n| n.target == target).collect();
    let is_small = networks.len() < SMALL;
    let rows = Rows::of(ensemble, name, &networks)?;
    let drawable = of_side(&networks, |network| is_small || network.split == Split::Train);
    let others = of_side(&networks, |network| is_small || network.split == split);
    if drawable.len() <= n_drawn || others.is_empty() {
        let n_drawable = drawable.len();
        let message = format!("{name}: {n_drawn} of {n_drawable} networks can't be drawn");
        return Err(Error::new(ErrorKind::Record, message));
    }
    let rivals = [Rival::Adapted, Rival::GraphAlone, Rival::LogParams, Rival::LogMacs];
    let mut figures: Vec<Vec<Figures>> = vec![Vec::new(); rivals.len()];
    let mut n_evaluated = others.len();
    for seed in 0..n_seeds {
        let mut drawn = drawable.clone();
        drawn.shuffle(&mut Pcg64Mcg::seed_from_u64(seed));
        drawn.truncate(n_drawn);
        let left: Vec<usize> = others.iter().copied().filter(|idx| !drawn.contains(idx)).collect();
        n_evaluated = left.len();
        for (rival, figures) in rivals.iter().zip(&mut figures) {
            figures.push(rows.judge(*rival, &networks, &drawn, &left)?);
        }
    }
    let over = |figures: &[Figures], of: fn(&Figures) -> Option<f64>| {
        let values: Option<Vec<f64>> = figures.iter().map(of).collect();
        values.and_then(|values| OverSeeds::of(&values))
    };
    let rows = rivals.into_iter().zip(&figures).map(|(rival, figures)| FewShot {
        target: name.clone(),
        rival,
        networks: n_evaluated,
        spearman: over(figures, |figures| figures.spearman),
        mae: over(figures, |figures| figures.mae),
        coverage: over(figures, |figures| figures.coverage),
    });
    Ok(rows.collect())
}

/// Regressors of all networks of one target, with and without what the weights see.
struct Rows {
    seen: Vec<Vec<f64>>,
    graph: Vec<Vec<f64>>,
}

impl Rows {
    fn of(ensemble: &Ensemble, family: &str, networks: &[&Network]) -> Result<Self> {
        let scalars: Vec<_> = networks.iter().map(|network| &network.features.scalars).collect();
        let reading = Reading::of(ensemble, Some(family), &scalars);
        let mut all: Vec<Opinion> = Vec::with_capacity(networks.len());
        for chunk in networks.chunks(FORWARD_BATCH) {
            let features: Vec<_> = chunk.iter().map(|network| &network.features).collect();
            all.extend(opinions(ensemble, &reading, &features)?);
        }
        let pairs = networks.iter().zip(&all);
        Ok(Self {
            seen: pairs.map(|(n, opinion)| regressors(&n.features, Some(opinion))).collect(),
            graph: networks.iter().map(|n| regressors(&n.features, None)).collect(),
        })
    }

    fn judge(
        &self,
        rival: Rival,
        networks: &[&Network],
        drawn: &[usize],
        left: &[usize],
    ) -> Result<Figures> {
        let accuracies = |of: &[usize]| -> Vec<f64> {
            of.iter().map(|idx| networks[*idx].mean_accuracy()).collect()
        };
        let measured = accuracies(left);
        let log10 = |count: u64| (count.max(1) as f64).log10();
        let size = |of: fn(&Network) -> u64| -> Figures {
            let scores: Vec<f64> = left.iter().map(|idx| log10(of(networks[*idx]))).collect();
            Figures { mae: None, ..Figures::of(&scores, &scores, &measured) }
        };
        let rows = match rival {
            Rival::LogParams => return Ok(size(|network| network.cost.params)),
            Rival::LogMacs => return Ok(size(|network| network.cost.macs)),
            Rival::Adapted => &self.seen,
            Rival::GraphAlone => &self.graph,
        };
        let seen: Vec<_> = drawn.iter().map(|idx| rows[*idx].clone()).collect();
        let title = ("few/shot", "");
        let target = GaussianTarget::fit(title, Scale::Logit, &seen, &accuracies(drawn))?;
        let ranges: Vec<Range> = left.iter().map(|idx| target.predict(&rows[*idx])).collect();
        Ok(Figures::of_ranges(&ranges, &measured))
    }
}

fn of_side(networks: &[&Network], is_in: impl Fn(&Network) -> bool) -> Vec<usize> {
    networks.iter().enumerate().filter(|(_, network)| is_in(network)).map(|(idx, _)| idx).collect()
}
