//! Tables and numbers as a person reads them.

use std::io::Write;

use comfy_table::{CellAlignment, Table, presets};

use crate::fit::metrics::OverSeeds;
use crate::model::target::HeldOut;
use crate::train::evaluate::{Row, Scorer};
use crate::train::few_shot::{FewShot, Rival};
use crate::train::general::Counted;

/// Prints a text and a newline; a reader that went away is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints each line to standard error; where that is gone, nobody is left to tell.
pub(super) fn remark(lines: &[String]) {
    let mut stderr = std::io::stderr();
    lines.iter().take_while(|line| writeln!(stderr, "{line}").is_ok()).for_each(drop);
}

/// A table with a header; columns from `first_number` on are numbers, set to the right.
pub(super) fn table(header: &[&str], first_number: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for column in table.column_iter_mut().skip(first_number) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// One target's held-out figures in a line.
pub(super) fn held_out(target: &str, split: &str, figures: &HeldOut) -> String {
    format!(
        "{target}, {split}, {} networks: Spearman {}, Kendall {}, NDCG@10 {}, MAE {} points, {:.1} % \
         inside the interval",
        figures.networks,
        figure(figures.spearman),
        figure(figures.kendall),
        figure(figures.ndcg10),
        points(figures.mae),
        100.0 * figures.coverage,
    )
}

/// How well counting orders a general target's networks, in a line.
pub(super) fn counted(general: &Counted) -> String {
    format!(
        "{}, the same networks by counting: Spearman {} by log params, {} by log MACs",
        general.name,
        figure(general.log_params),
        figure(general.log_macs)
    )
}

/// Rows of an evaluation, with mean and deviation of the single members.
pub(super) fn evaluation(rows: &[Row]) -> String {
    let header = [
        "target", "scorer", "networks", "Spearman", "Kendall", "NDCG@10", "MAE", "coverage",
        "records", "Spearman",
    ];
    let mut table = table(&header, 2);
    for row in rows {
        let target = if row.answered_by == row.target {
            row.target.clone()
        } else {
            format!("{} (by {})", row.target, row.answered_by)
        };
        table.add_row([
            target,
            row.scorer.to_string(),
            row.unique.networks.to_string(),
            figure(row.unique.spearman),
            figure(row.unique.kendall),
            figure(row.unique.ndcg10),
            points(row.unique.mae),
            row.coverage.map_or(String::new(), |share| format!("{:.1} %", 100.0 * share)),
            row.all.networks.to_string(),
            figure(row.all.spearman),
        ]);
    }
    let mut text = table.to_string();
    let mut targets: Vec<&str> = rows.iter().map(|row| row.target.as_str()).collect();
    targets.dedup();
    type IsKind = fn(&Scorer) -> bool;
    let kinds: [(&str, IsKind); 3] = [
        ("members'", |scorer| matches!(scorer, Scorer::Member(_))),
        ("groups'", |scorer| matches!(scorer, Scorer::Group(_))),
        ("groups' with the prior,", |scorer| matches!(scorer, Scorer::Transfer(_))),
    ];
    for (target, (whose, is_kind)) in targets.iter().flat_map(|t| kinds.map(|kind| (t, kind))) {
        let of_kind = rows.iter().filter(|row| row.target == *target && is_kind(&row.scorer));
        let of = |metric: fn(&Row) -> Option<f64>| -> Vec<f64> {
            of_kind.clone().filter_map(metric).collect()
        };
        let (unique, all) = (of(|row| row.unique.spearman), of(|row| row.all.spearman));
        if unique.len() > 1 {
            text += &format!(
                "\n{target}: {whose} Spearman {}, all records {} (mean, standard deviation of {})",
                spread(&unique),
                spread(&all),
                unique.len()
            );
        }
    }
    text
}

/// Rows of targets that were adapted to drawn networks.
pub(super) fn few_shot(rows: &[FewShot]) -> String {
    let header = ["target", "by", "networks", "Spearman", "MAE", "coverage"];
    let mut table = table(&header, 2);
    let over = |over: Option<OverSeeds>, scale: f64, digits: usize| {
        over.map_or(String::new(), |OverSeeds { mean, spread, .. }| {
            let spread = scale * spread.unwrap_or_default();
            format!("{:.digits$} ± {spread:.digits$}", scale * mean)
        })
    };
    for row in rows {
        let by = match row.rival {
            Rival::Adapted => "adapted",
            Rival::GraphAlone => "the graph's numbers alone",
            Rival::LogParams => "log params",
            Rival::LogMacs => "log MACs",
        };
        table.add_row([
            row.target.clone(),
            by.to_owned(),
            row.networks.to_string(),
            over(row.spearman, 1.0, 4),
            over(row.mae, 100.0, 2),
            over(row.coverage, 100.0, 1),
        ]);
    }
    table.to_string()
}

fn spread(values: &[f64]) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    format!("{mean:.4} ± {:.4}", (squares / (count - 1.0)).sqrt())
}

/// A correlation with four digits, or a dash.
pub(super) fn figure(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.4}"))
}

/// An error in percentage points, or nothing.
pub(super) fn points(value: Option<f64>) -> String {
    value.map_or(String::new(), |value| format!("{:.2}", 100.0 * value))
}

/// A fraction in percent with two digits.
pub(super) fn percent(fraction: f64) -> String {
    format!("{:.2} %", 100.0 * fraction)
}

/// A count with groups of three digits.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }
}
