//! A training run's whole configuration: read from TOML, written into the weights.

use serde::{Deserialize, Serialize};

use super::split::Fractions;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::fit::optimiser::AdamWConfig;
use crate::model::config::Config;

/// Everything that decides what weights come out, but for the data itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// One member of the ensemble is trained from each.
    pub seeds: Vec<u64>,
    /// How many members (the first ones) the exported weights hold.
    pub members: usize,
    /// The share of the scalars that a member sees, for the first seed, the second ... and again
    /// from the start; which ones is drawn by its seed. All of them without it.
    #[serde(default = "all_scalars")]
    pub scalar_shares: Vec<f64>,
    /// What is learned from.
    pub data: DataConfig,
    /// The network.
    pub model: Config,
    /// Contrastive pre-training.
    pub pretrain: PretrainConfig,
    /// End-to-end training of encoder and heads.
    pub fit: StageConfig,
}

/// What is learned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Targets with labels, as `family/variant`; `FAMILY.jsonl.gz` must be in the data folder.
    pub targets: Vec<String>,
    /// Targets whose graphs, without labels, pre-train the encoder.
    pub pretrain: Vec<String>,
    /// At most so many training networks of each target are learned from; all of them without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_networks: Option<usize>,
    /// Targets for networks of no known family (`general/imagenet`), fitted at the export.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub general: Vec<String>,
    /// Shares of validation and test networks.
    #[serde(default)]
    pub split: Fractions,
    /// Changes which networks are held out.
    #[serde(default)]
    pub salt: u64,
}

/// One stage of gradient steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageConfig {
    /// Passes over the training networks; 0 leaves the stage out.
    pub epochs: usize,
    /// Networks a step.
    pub batch: usize,
    /// The highest learning rate of the cycle.
    pub rate: f64,
    /// The share of steps that warm up.
    pub warm_up: f64,
    /// Moments, decay, clip.
    #[serde(default)]
    pub optimiser: AdamWConfig,
}

/// Contrastive pre-training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainConfig {
    /// The steps.
    pub stage: StageConfig,
    /// Temperature of the similarities.
    pub tau: f64,
    /// Perplexity of the soft targets.
    pub perplexity: f64,
}

fn all_scalars() -> Vec<f64> {
    vec![1.0]
}

impl RunConfig {
    /// The share of the scalars that the member of `seed` sees.
    pub fn scalar_share(&self, seed: u64) -> f64 {
        let place = self.seeds.iter().position(|own| *own == seed).unwrap_or(0);
        self.scalar_shares[place % self.scalar_shares.len()]
    }

    /// Reads a TOML file's text.
    ///
    /// # Errors
    /// Line and column of what is wrong, or the field that contradicts another.
    pub fn from_toml(text: &str) -> Result<Self> {
        Self::from_toml_with(text, &[])
    }

    /// The same with some fields replaced, each as `path.to.field=value`.
    ///
    /// # Errors
    /// Also where a replacement is no `path=value`.
    pub fn from_toml_with(text: &str, replacements: &[String]) -> Result<Self> {
        let wrong = |error: toml::de::Error| {
            let place = error.span().map(|span| Place::of(text, span.start));
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            let plain = Error::new(ErrorKind::Config, message);
            place.map_or(plain.clone(), |place| plain.at(place))
        };
        let config: Self = if replacements.is_empty() {
            toml::from_str(text).map_err(wrong)?
        } else {
            let mut table: toml::Table = toml::from_str(text).map_err(wrong)?;
            replacements.iter().try_for_each(|replacement| replace(&mut table, replacement))?;
            table.try_into().map_err(|error: toml::de::Error| {
                Error::new(ErrorKind::Config, error.message()).context(replacements.join(" "))
            })?
        };
        config.validate()?;
        Ok(config)
    }

    /// The configuration as TOML, complete.
    ///
    /// # Errors
    /// Where a number has no TOML form.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))
    }

    fn validate(&self) -> Result<()> {
        let wrong = |message: &str| Err(Error::new(ErrorKind::Config, message));
        self.model.validate()?;
        self.data.split.check()?;
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        if seeds.is_empty() || seeds.len() != self.seeds.len() {
            return wrong("`seeds` must name at least one seed, each once");
        }
        if !(1..=self.seeds.len()).contains(&self.members) {
            return wrong("`members` must be from 1 to the number of `seeds`");
        }
        let is_share = |share: &f64| *share > 0.0 && *share <= 1.0;
        if self.scalar_shares.is_empty() || !self.scalar_shares.iter().all(is_share) {
            return wrong("`scalar_shares` must be numbers above 0 and at most 1");
        }
        if self.data.targets.is_empty() {
            return wrong("`data.targets` must name at least one target, as in \"nb101/cifar10\"");
        }
        if self.data.training_networks == Some(0) {
            return wrong("`data.training_networks` must be 1 or more; leave it out for all");
        }
        for stage in [&self.pretrain.stage, &self.fit] {
            if stage.batch < 2 || !(0.0..1.0).contains(&stage.warm_up) || stage.rate <= 0.0 {
                return wrong("`batch` must be 2 or more, `rate` positive, `warm_up` in 0..1");
            }
        }
        Ok(())
    }
}

/// Sets one field of a TOML table; the value is TOML too, or else a plain string.
fn replace(table: &mut toml::Table, replacement: &str) -> Result<()> {
    let wrong = |why: &str| {
        let message = format!("`{replacement}`: {why}, as in fit.epochs=8");
        Error::new(ErrorKind::Config, message)
    };
    let (path, value) = replacement.split_once('=').ok_or_else(|| wrong("expected path=value"))?;
    let parsed: Result<toml::Table, _> = toml::from_str(&format!("value = {value}"));
    let value = match parsed {
        Ok(mut table) => table.remove("value"),
        Err(_) => None,
    };
    let value = value.ok_or_else(|| wrong("the value is no TOML (strings need quotes)"))?;
    let (parents, field) = path.rsplit_once('.').map_or(("", path), |split| split);
    let mut at = table;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        at = at
            .get_mut(parent)
            .and_then(toml::Value::as_table_mut)
            .ok_or_else(|| wrong("there is no such section"))?;
    }
    at.insert(field.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: &str = include_str!("../../configs/default.toml");

    #[test]
    fn shipped_configurations_read_and_survive_a_round_trip() {
        for text in [
            DEFAULT,
            include_str!("../../configs/nb101.toml"),
            include_str!("../../configs/paper.toml"),
        ] {
            let config = RunConfig::from_toml(text).unwrap();
            let again = RunConfig::from_toml(&config.to_toml().unwrap()).unwrap();
            assert_eq!(again, config);
        }
        assert_eq!(RunConfig::from_toml(DEFAULT).unwrap().model, Config::default());
        let paper = include_str!("../../configs/paper.toml");
        assert_eq!(RunConfig::from_toml(paper).unwrap().model, Config::paper());
    }

    #[test]
    fn replaced_fields_take_effect_and_wrong_ones_are_named() {
        let with =
            |replacement: &str| RunConfig::from_toml_with(DEFAULT, &[replacement.to_owned()]);
        assert_eq!(with("fit.epochs=3").unwrap().fit.epochs, 3);
        assert_eq!(with("model.fcm.clusters=1").unwrap().model.fcm.clusters, 1);
        for (bad, expected) in [
            ("fit.epochs", "expected path=value"),
            ("fitt.epochs=3", "no such section"),
            ("fit.epoch=3", "epoch"),
            ("fit.warm_up=2.0", "warm_up"),
            ("members=9", "members"),
        ] {
            let error = with(bad).unwrap_err().to_string();
            assert!(error.contains(expected), "{bad}: {error}");
        }
    }
}
