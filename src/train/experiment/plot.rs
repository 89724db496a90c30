//! Finished cells as one drawing: a panel a target, a line a method over the number of training networks.
//!
//! What counts without learning is a dashed line across. The drawing follows the reader's light or
//! dark scheme, as [`curves`](crate::train::curves) does.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::cell::{Experiment, Finished, Outcome};
use super::method::Method;
use super::parts::protocol;
use super::plan::methods_of;
use super::table::Figure;
use crate::error::Result;

/// Panels side by side.
const N_ACROSS: usize = 3;
/// A panel with its margins, in pixels.
const PANEL: (f64, f64) = (320.0, 236.0);
/// The plotted area of a panel: left, top, right, bottom.
const AREA: [f64; 4] = [46.0, 34.0, 304.0, 196.0];
/// Height of a row of the legend, and entries in one.
const LEGEND: (f64, usize) = (20.0, 4);
/// Colours that differ for the colour-blind too (Okabe and Ito, 2008), in the order of the methods.
const COLOURS: [&str; 7] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1"];
/// Those of what only counts.
const GREYS: [&str; 2] = ["#7d7b75", "#b3a58a"];

const STYLE: &str = "\
<style>
svg { --surface: #fcfcfb; --ink: #1b1b1a; --muted: #6b6963; --grid: #e6e5df;
  font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; font-size: 12px; }
@media (prefers-color-scheme: dark) {
  svg { --surface: #1a1a19; --ink: #f4f3ef; --muted: #a09e96; --grid: #2e2e2b; }
}
.surface { fill: var(--surface); }
.name { fill: var(--ink); }
.muted { fill: var(--muted); font-variant-numeric: tabular-nums; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.counted { stroke-width: 1.5; stroke-dasharray: 5 4; }
</style>
";

/// Mean figures of one method for one target, by the number of training networks.
type Line = BTreeMap<u64, f64>;

/// One method: its title, whether it learns, and its lines by target.
struct Row {
    title: &'static str,
    learns: bool,
    colour: &'static str,
    lines: BTreeMap<String, Line>,
}

/// The drawing of an experiment as a complete SVG file; nothing where no cell is there to draw.
///
/// Cells of other settings than the program's own are passed over.
///
/// # Errors
/// Where a method's settings contradict each other.
pub fn svg(experiment: Experiment, cells: &[Finished], figure: Figure) -> Result<Option<String>> {
    let mut rows = Vec::new();
    let (mut colours, mut greys) = (COLOURS.iter().cycle(), GREYS.iter().cycle());
    for method in methods_of(experiment) {
        let palette = if method.learns() { &mut colours } else { &mut greys };
        let Some(colour) = palette.next() else { continue };
        let lines = lines(method, cells, figure)?;
        if !lines.is_empty() {
            rows.push(Row { title: method.title(), learns: method.learns(), colour, lines });
        }
    }
    let mut targets: Vec<&String> = rows.iter().flat_map(|row| row.lines.keys()).collect();
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() {
        return Ok(None);
    }
    let n_down = targets.len().div_ceil(N_ACROSS);
    let legend_height = 24.0 + LEGEND.0 * rows.len().div_ceil(LEGEND.1) as f64;
    let width = PANEL.0 * N_ACROSS.min(targets.len()) as f64;
    let height = legend_height + PANEL.1 * n_down as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{} by the number of training networks</title>\n{STYLE}\
         <rect class=\"surface\" width=\"{width}\" height=\"{height}\"/>\n",
        figure.title()
    );
    out += &legend(&rows);
    for (nth, target) in targets.into_iter().enumerate() {
        let x = PANEL.0 * (nth % N_ACROSS) as f64;
        let y = legend_height + PANEL.1 * (nth / N_ACROSS) as f64;
        _ = write!(out, "<g transform=\"translate({x} {y})\">\n{}</g>\n", panel(&rows, target));
    }
    Ok(Some(out + "</svg>\n"))
}

fn lines(
    method: &dyn Method,
    cells: &[Finished],
    figure: Figure,
) -> Result<BTreeMap<String, Line>> {
    let (settings, protocol) = (method.settings()?, protocol());
    let mut values: BTreeMap<String, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
    for Finished { cell, outcome } in cells {
        let is_own =
            cell.method == method.name() && cell.settings == settings && cell.protocol == protocol;
        let Outcome::Measured(measured) = outcome else { continue };
        if let (true, Some(value)) = (is_own, figure.of(measured)) {
            let line = values.entry(cell.target.clone()).or_default();
            line.entry(measured.trained_on as u64).or_default().push(value);
        }
    }
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let line = |line: BTreeMap<u64, Vec<f64>>| {
        line.into_iter().map(|(networks, values)| (networks, mean(values))).collect()
    };
    Ok(values.into_iter().map(|(target, values)| (target, line(values))).collect())
}

fn legend(rows: &[Row]) -> String {
    let mut out = String::new();
    for (nth, Row { title, learns, colour, .. }) in rows.iter().enumerate() {
        let x = AREA[0] + 228.0 * (nth % LEGEND.1) as f64;
        let y = 24.0 + LEGEND.0 * (nth / LEGEND.1) as f64;
        let counted = if *learns { "" } else { " counted" };
        _ = writeln!(
            out,
            "<path class=\"line{counted}\" stroke=\"{colour}\" d=\"M{x} {y}h24\"/>\
             <text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
            x + 30.0,
            y + 4.0,
            escaped(title)
        );
    }
    out
}

/// One target's lines in their axes.
fn panel(rows: &[Row], target: &str) -> String {
    let [left, top, right, bottom] = AREA;
    let of_target = || rows.iter().filter_map(|row| Some((row, row.lines.get(target)?)));
    let values = || of_target().flat_map(|(_, line)| line.values());
    let low = values().fold(f64::INFINITY, |low, value| low.min(*value));
    let high = values().fold(f64::NEG_INFINITY, |high, value| high.max(*value));
    let step = step(high - low);
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
    let learned = || of_target().filter(|(row, _)| row.learns);
    let networks = || learned().flat_map(|(_, line)| line.keys().map(|n| (*n as f64).log10()));
    let first = networks().fold(f64::INFINITY, f64::min);
    let last = networks().fold(f64::NEG_INFINITY, f64::max);
    let across = if last > first { last - first } else { 1.0 };
    let x = |networks: u64| left + ((networks as f64).log10() - first) / across * (right - left);
    let y = |value: f64| bottom - (value - low) / (high - low).max(step) * (bottom - top);

    let mut out =
        format!("<text class=\"name\" x=\"{left}\" y=\"20\">{}</text>\n", escaped(target));
    let n_ticks = ((high - low) / step).round() as usize;
    for tick in 0..=n_ticks {
        let value = low + step * tick as f64;
        _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{left} {at:.1}H{right}\"/>\
             <text class=\"muted end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            left - 6.0,
            y(value) + 4.0,
            label(value, step),
            at = y(value),
        );
    }
    let mut ticks: Vec<u64> = learned().flat_map(|(_, line)| line.keys().copied()).collect();
    ticks.sort_unstable();
    ticks.dedup();
    let mut free_from = f64::NEG_INFINITY;
    for networks in ticks {
        if x(networks) >= free_from {
            let (x, y) = (x(networks), bottom + 18.0);
            _ = writeln!(
                out,
                "<text class=\"muted middle\" x=\"{x:.1}\" y=\"{y}\">{networks}</text>"
            );
            free_from = x + 36.0;
        }
    }
    for (row, line) in of_target() {
        out += &path(row, line, (left, right), &x, &y);
    }
    out
}

fn path(
    row: &Row,
    line: &Line,
    (left, right): (f64, f64),
    x: &impl Fn(u64) -> f64,
    y: &impl Fn(f64) -> f64,
) -> String {
    let Row { title, colour, .. } = row;
    if !row.learns {
        let Some(value) = line.values().next() else { return String::new() };
        let y = y(*value);
        return format!(
            "<path class=\"line counted\" stroke=\"{colour}\" d=\"M{left} {y:.1}H{right}\"><title>{}</title></path>\n",
            escaped(title)
        );
    }
    let points: Vec<String> = line
        .iter()
        .map(|(networks, value)| format!("{:.1} {:.1}", x(*networks), y(*value)))
        .collect();
    let mut out = format!(
        "<path class=\"line\" stroke=\"{colour}\" d=\"M{}\"><title>{}</title></path>\n",
        points.join("L"),
        escaped(title)
    );
    for (networks, value) in line {
        _ = writeln!(
            out,
            "<circle fill=\"{colour}\" r=\"3\" cx=\"{:.1}\" cy=\"{:.1}\"/>",
            x(*networks),
            y(*value)
        );
    }
    out
}

/// A round distance of ticks, of which four or so cover `range`.
fn step(range: f64) -> f64 {
    let rough = (range / 4.0).max(1e-3);
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let fits = steps.into_iter().find(|step| step * power >= rough * 0.999);
    fits.unwrap_or(10.0) * power
}

/// A tick's number with as many digits as its step has.
fn label(value: f64, step: f64) -> String {
    let digits = (-step.log10().floor()).max(0.0) as usize;
    format!("{value:.digits$}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::finished;
    use super::*;
    use crate::train::experiment::cell::Networks;

    #[test]
    fn a_panel_has_a_line_a_method_and_a_dashed_one_for_counting() {
        let cells = [
            finished("log-macs", Networks::Some(0), 1, 0.6),
            finished("trees", Networks::Some(100), 1, 0.8),
            finished("trees", Networks::Some(100), 2, 0.9),
        ];
        let drawn = svg(Experiment::Single, &cells, Figure::Spearman).unwrap().unwrap();
        assert_eq!(drawn.matches("class=\"line\"").count(), 2); // in the legend and in the panel
        assert_eq!(drawn.matches("class=\"line counted\"").count(), 2);
        assert!(drawn.contains(">nb201/cifar10</text>"), "{drawn}");
        assert!(svg(Experiment::Single, &[], Figure::Spearman).unwrap().is_none());
    }

    #[test]
    fn ticks_are_round_and_their_numbers_as_short_as_they_can_be() {
        for (range, expected) in [(0.4, 0.1), (0.35, 0.1), (0.05, 0.02), (3.0, 1.0), (17.0, 5.0)] {
            assert!((step(range) - expected).abs() < 1e-9, "{range}: {}", step(range));
        }
        assert_eq!(
            (label(0.6, 0.1), label(0.96, 0.02), label(5.0, 5.0)),
            ("0.6".into(), "0.96".into(), "5".into())
        );
    }
}
