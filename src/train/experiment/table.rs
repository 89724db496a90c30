//! Finished cells as tables in Markdown: one a number of training networks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cell::{Experiment, Finished, Measured, Networks, Outcome};
use super::parts::protocol;
use super::plan::methods_of;
use crate::error::Result;

/// Which figure a table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// Spearman's correlation, one entry a canonical graph.
    Spearman,
    /// The same, one entry a record.
    SpearmanOfRecords,
    /// Kendall's tau-b.
    Kendall,
    /// NDCG@10.
    Ndcg10,
    /// Mean absolute error, in points of accuracy.
    Mae,
    /// Seconds of learning and scoring.
    Seconds,
}

impl Figure {
    /// What it is, for a table's head.
    pub fn title(self) -> &'static str {
        match self {
            Self::Spearman => "Spearman",
            Self::SpearmanOfRecords => "Spearman over all records",
            Self::Kendall => "Kendall",
            Self::Ndcg10 => "NDCG@10",
            Self::Mae => "MAE in points",
            Self::Seconds => "seconds",
        }
    }

    pub(super) fn of(self, measured: &Measured) -> Option<f64> {
        match self {
            Self::Spearman => measured.unique.spearman,
            Self::SpearmanOfRecords => measured.all.spearman,
            Self::Kendall => measured.unique.kendall,
            Self::Ndcg10 => measured.unique.ndcg10,
            Self::Mae => measured.unique.mae.map(|mae| 100.0 * mae),
            Self::Seconds => Some(measured.seconds),
        }
    }

    fn shown(self, value: f64) -> String {
        match self {
            Self::Mae => format!("{value:.2}"),
            Self::Seconds => format!("{value:.1}"),
            _ => {
                let text = format!("{value:.4}");
                let (sign, digits) = text.strip_prefix('-').map_or(("", &text[..]), |d| ("-", d));
                format!("{sign}{}", digits.strip_prefix('0').unwrap_or(digits))
            }
        }
    }
}

/// The tables of one experiment: methods down, targets across, mean and deviation over seeds.
///
/// Cells of other settings than the program's own, which an earlier program may have left, are
/// passed over.
///
/// # Errors
/// Where a method's settings contradict each other.
pub fn markdown(experiment: Experiment, cells: &[Finished], figure: Figure) -> Result<String> {
    let protocol = protocol();
    let mut grid: BTreeMap<(Networks, &str, &str), Vec<&Outcome>> = BTreeMap::new();
    let methods = methods_of(experiment);
    for method in &methods {
        let settings = method.settings()?;
        let own = cells.iter().filter(|finished| {
            let cell = &finished.cell;
            cell.method == method.name() && cell.settings == settings && cell.protocol == protocol
        });
        for Finished { cell, outcome } in own {
            grid.entry((cell.networks, method.name(), &cell.target)).or_default().push(outcome);
        }
    }
    let targets: BTreeSet<&str> = grid.keys().map(|(_, _, target)| *target).collect();
    let learned = grid.keys().map(|(networks, ..)| *networks).filter(|n| *n != Networks::Some(0));
    let mut sizes: Vec<Networks> = learned.collect::<BTreeSet<_>>().into_iter().collect();
    if sizes.is_empty() {
        sizes.push(Networks::Some(0));
    }
    let mut text = String::new();
    for size in sizes {
        let learned = match size {
            Networks::Some(0) => String::new(),
            size => format!(", {size} training networks"),
        };
        text += &format!("{}{learned}:\n\n| |", figure.title());
        targets.iter().for_each(|target| text += &format!(" {target} |"));
        text += &format!("\n|---|{}\n", "---|".repeat(targets.len()));
        for method in &methods {
            let networks = if method.learns() { size } else { Networks::Some(0) };
            let row: Vec<String> = targets
                .iter()
                .map(|target| match grid.get(&(networks, method.name(), *target)) {
                    Some(outcomes) => entry(outcomes, figure),
                    None => String::new(),
                })
                .collect();
            if row.iter().any(|entry| !entry.is_empty()) {
                text += &format!("| {} | {} |\n", method.title(), row.join(" | "));
            }
        }
        text += "\n";
    }
    Ok(text)
}

/// Mean and deviation over the seeds, with the interval where there is one.
fn entry(outcomes: &[&Outcome], figure: Figure) -> String {
    let measured: Vec<&Measured> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Measured(measured) => Some(measured),
            _ => None,
        })
        .collect();
    let values: Vec<f64> = measured.iter().filter_map(|measured| figure.of(measured)).collect();
    if values.is_empty() {
        return match outcomes.first() {
            Some(Outcome::Beyond { available }) => format!("has {available}"),
            Some(Outcome::TooMany { most }) => format!("at most {most}"),
            _ => "-".to_owned(),
        };
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let mut text = figure.shown(mean);
    // Where nothing was drawn, all seeds say the same.
    if values.iter().any(|value| *value != values[0]) {
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
        text += &format!(" ± {} ({})", figure.shown(variance.sqrt()), values.len());
    }
    let intervals: Vec<[f64; 2]> = measured.iter().filter_map(|m| m.interval).collect();
    if figure == Figure::Spearman && !intervals.is_empty() {
        let mean = |end: usize| {
            intervals.iter().map(|interval| interval[end]).sum::<f64>() / intervals.len() as f64
        };
        text += &format!(" [{}, {}]", figure.shown(mean(0)), figure.shown(mean(1)));
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::train::experiment::cell::Cell;
    use crate::train::experiment::method::by_name;
    use crate::train::metrics::Metrics;

    pub(in crate::train::experiment) fn finished(
        method: &str,
        networks: Networks,
        seed: u64,
        spearman: f64,
    ) -> Finished {
        let metrics = Metrics {
            networks: 9,
            spearman: Some(spearman),
            kendall: None,
            ndcg10: None,
            mae: Some(0.01),
        };
        let cell = Cell {
            experiment: Experiment::Single,
            target: "nb201/cifar10".into(),
            method: method.into(),
            networks,
            seed,
            settings: by_name(method).unwrap().settings().unwrap(),
            protocol: protocol(),
            records: String::new(),
            source: None,
        };
        let measured =
            Measured { trained_on: 1, unique: metrics, all: metrics, interval: None, seconds: 1.0 };
        Finished { cell, outcome: Outcome::Measured(measured) }
    }

    #[test]
    fn a_table_has_the_mean_of_its_seeds_and_says_what_a_family_lacks() {
        let mut cells = vec![
            finished("log-macs", Networks::Some(0), 1, -0.5),
            finished("trees", Networks::Some(100), 1, 0.8),
            finished("trees", Networks::Some(100), 2, 0.9),
            finished("trees", Networks::All, 1, 0.95),
        ];
        cells[3].outcome = Outcome::Beyond { available: 118 };
        let mut stale = finished("trees", Networks::Some(100), 3, 0.0);
        stale.cell.settings = serde_json::json!({"trees": 7});
        cells.push(stale);
        let text = markdown(Experiment::Single, &cells, Figure::Spearman).unwrap();
        let expected = "\
Spearman, 100 training networks:

| | nb201/cifar10 |
|---|---|
| log MACs | -.5000 |
| boosted trees, scalars | .8500 ± .0707 (2) |

Spearman, all training networks:

| | nb201/cifar10 |
|---|---|
| log MACs | -.5000 |
| boosted trees, scalars | has 118 |

";
        assert_eq!(text, expected);
        let text = markdown(Experiment::Single, &cells, Figure::Mae).unwrap();
        assert!(text.contains("| log MACs | 1.00 |"), "{text}");
    }
}
