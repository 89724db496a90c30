//! Draws loss curves as one small SVG that follows the reader's light or dark scheme.
//!
//! A pure function from numbers to text; which numbers, [`log`](super::log) knows. The drawing is
//! written by hand because it is all the plotting this project needs.

use std::fmt::Write;

/// What a curve stands for; decides how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The loss that is being minimised.
    Training,
    /// The loss on networks kept from training.
    Validation,
    /// What the loss can't fall below; a single point spans the whole width.
    Floor,
}

/// One curve: its name in the legend and its points, in ascending order of x.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// What it stands for.
    pub role: Role,
    /// Points (x, y); those that are not finite are left out.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// A curve of `points`.
    pub fn new(name: impl Into<String>, role: Role, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), role, points }
    }
}

/// A drawing: curves with a title and the names of both axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// What x counts, from 0 on.
    pub x_label: String,
    /// What y is.
    pub y_label: String,
    /// The curves, in the order of the legend; the last lies on top.
    pub curves: Vec<Curve>,
}

/// The chart as a complete SVG file.
///
/// A curve of more points than fit is drawn by the means of neighbouring ones.
pub fn svg(chart: &Chart) -> String {
    let curves: Vec<Curve> = chart.curves.iter().map(drawable).collect();
    let mut out = head(chart);
    match Frame::around(&curves) {
        Some(frame) => {
            out += &legend(&curves);
            out += &axes(&frame, chart);
            curves.iter().for_each(|curve| out += &curve_svg(&frame, curve));
        }
        None => out += &text(24.0, 60.0, "muted", "nothing logged yet"),
    }
    out + "</svg>\n"
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 736.0;
const TOP: f64 = 94.0;
const BOTTOM: f64 = 374.0;
/// Points drawn of a curve at most: about one every two pixels.
const MAX_POINTS: usize = 340;
/// Up to so many points, those of the validation loss are marked.
const MAX_MARKS: usize = 40;
/// Width of a character of the legend; fonts differ, so it is generous.
const CHARACTER: f64 = 6.9;

const STYLE: &str = "\
<style>
svg { --surface: #fcfcfb; --ink: #1b1b1a; --soft: #52514e; --muted: #7d7b75; --grid: #e6e5df;
  --axis: #c3c2b7; --training: #2a78d6; --validation: #d9581f; --floor: #7d7b75;
  font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; font-size: 12px; }
@media (prefers-color-scheme: dark) {
  svg { --surface: #1a1a19; --ink: #f4f3ef; --soft: #c3c2b7; --muted: #98968e; --grid: #2e2e2b;
    --axis: #4a4a45; --training: #5a9df0; --validation: #f0824f; --floor: #98968e; }
}
.surface { fill: var(--surface); }
.title { fill: var(--ink); font-size: 16px; font-weight: 600; }
.name { fill: var(--soft); font-variant-numeric: tabular-nums; }
.muted { fill: var(--muted); font-variant-numeric: tabular-nums; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--axis); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.training { stroke: var(--training); }
.validation { stroke: var(--validation); }
.floor { stroke: var(--floor); stroke-width: 1.5; stroke-dasharray: 5 5; }
.mark { fill: var(--surface); stroke-width: 2; }
</style>
";

impl Role {
    fn class(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Floor => "floor",
        }
    }
}

/// The same curve without what can't be drawn, by means where there are too many points.
fn drawable(curve: &Curve) -> Curve {
    let is_finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
    let finite: Vec<(f64, f64)> = curve.points.iter().filter(is_finite).copied().collect();
    let together = finite.len().div_ceil(MAX_POINTS).max(1);
    let mean = |points: &[(f64, f64)]| {
        let n = points.len() as f64;
        let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / n, sum.1 / n)
    };
    Curve { points: finite.chunks(together).map(mean).collect(), ..curve.clone() }
}

/// The ranges of both axes and their ticks.
struct Frame {
    x: Scale,
    y: Scale,
}

impl Frame {
    /// The frame that holds all points, x from 0 on; `None` where there are none.
    fn around(curves: &[Curve]) -> Option<Self> {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let y = range(points().map(|point| point.1))?;
        let x_last = points().map(|point| point.0).fold(0.0, f64::max);
        Some(Self { x: Scale::of((0.0, x_last), 8.0, 1.0, 0.0), y: Scale::of(y, 6.0, 0.0, 0.05) })
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (LEFT + self.x.share(x) * (RIGHT - LEFT), BOTTOM - self.y.share(y) * (BOTTOM - TOP))
    }
}

/// The height of a floor that is one number, drawn over the whole width.
fn spans(curve: &Curve) -> Option<f64> {
    match (curve.role, curve.points.as_slice()) {
        (Role::Floor, [(_, height)]) => Some(*height),
        _ => None,
    }
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((f64::min(low, value), f64::max(high, value)))
    })
}

/// A linear scale from `low` to `high` with a tick at each multiple of `step`.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// A scale over `range` with about `n_ticks`, at least `least_step` apart, with a share of air.
    fn of((low, high): (f64, f64), n_ticks: f64, least_step: f64, air: f64) -> Self {
        let (width, largest) = (high - low, low.abs().max(high.abs()));
        let margin = match width {
            _ if largest == 0.0 => 0.5,
            // One value only, or values that differ by less than the drawing shows.
            _ if width <= 1e-9 * largest => 0.05 * largest,
            _ => air * width,
        };
        let (low, high) = (low - margin, high + margin);
        Self { low, high, step: round_step((high - low) / n_ticks).max(least_step) }
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let first = (self.low / self.step - 1e-6).ceil();
        let last = (self.high / self.step + 1e-6).floor();
        let n_ticks = (last - first).max(-1.0) as usize + 1;
        (0..n_ticks).map(move |idx| (first + idx as f64) * self.step)
    }

    /// The tick's number, with as many decimals as the step has.
    fn label(&self, tick: f64) -> String {
        let decimals = (-self.step.log10() - 1e-6).ceil().max(0.0) as usize;
        // Adding 0 turns -0 into 0.
        grouped(&format!("{:.decimals$}", tick + 0.0))
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 ... (and their tenths) that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
    round.into_iter().find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

/// The number with a comma at each thousand.
fn grouped(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut out = String::new();
    for (idx, character) in number.char_indices() {
        let is_after_digit = out.ends_with(|last: char| last.is_ascii_digit());
        if idx < whole && (whole - idx).is_multiple_of(3) && is_after_digit {
            out.push(',');
        }
        out.push(character);
    }
    out
}

fn head(chart: &Chart) -> String {
    let title = escaped(&chart.title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
         <title>{title}</title>\n{STYLE}\
         <rect class=\"surface\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>\n{}",
        text(24.0, 34.0, "title", &chart.title)
    )
}

/// Each curve's sign, its name and its last value.
fn legend(curves: &[Curve]) -> String {
    let mut out = String::new();
    let mut x = 24.0;
    for curve in curves {
        let Some(last) = curve.points.last() else { continue };
        let name = format!("{} {:.3}", curve.name, last.1);
        let class = curve.role.class();
        out += &format!("<path class=\"line {class}\" d=\"M{x:.1} 55.5h22\"/>\n");
        out += &text(x + 29.0, 60.0, "name", &name);
        x += 29.0 + name.chars().count() as f64 * CHARACTER + 18.0;
    }
    out
}

fn axes(frame: &Frame, chart: &Chart) -> String {
    let mut out = text(24.0, TOP - 12.0, "muted", &chart.y_label);
    for tick in frame.y.ticks() {
        let (_, y) = frame.place((frame.x.low, tick));
        out += &format!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>\n");
        out += &text(LEFT - 9.0, y + 4.0, "muted end", &frame.y.label(tick));
    }
    out += &format!("<path class=\"axis\" d=\"M{LEFT} {BOTTOM}H{RIGHT}\"/>\n");
    for tick in frame.x.ticks() {
        let (x, _) = frame.place((tick, frame.y.low));
        out += &format!("<path class=\"axis\" d=\"M{x:.1} {BOTTOM}v5\"/>\n");
        out += &text(x, BOTTOM + 19.0, "muted middle", &frame.x.label(tick));
    }
    out + &text(RIGHT, BOTTOM + 36.0, "muted end", &chart.x_label)
}

fn curve_svg(frame: &Frame, curve: &Curve) -> String {
    let class = curve.role.class();
    let ends = [(frame.x.low, spans(curve)), (frame.x.high, spans(curve))];
    let spanning: Vec<_> = ends.iter().filter_map(|(x, y)| y.map(|y| (*x, y))).collect();
    let points = if spanning.is_empty() { &curve.points } else { &spanning };
    let mut line = String::new();
    for (idx, &point) in points.iter().enumerate() {
        let (x, y) = frame.place(point);
        let command = if idx == 0 { 'M' } else { 'L' };
        // Writing to a String can't fail.
        let _ = write!(line, "{command}{x:.1} {y:.1}");
    }
    let mut out = match points.len() {
        0 => return String::new(),
        _ => format!("<path class=\"line {class}\" d=\"{line}\"/>\n"),
    };
    for &point in marked(curve) {
        let (x, y) = frame.place(point);
        out += &format!("<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>\n");
    }
    out
}

/// The points with a mark of their own: the validation loss's, and a single one that has no line.
fn marked(curve: &Curve) -> &[(f64, f64)] {
    match (curve.role, curve.points.len()) {
        (Role::Validation, 0..=MAX_MARKS) | (Role::Training, 1) => &curve.points,
        _ => &[],
    }
}

fn text(x: f64, y: f64, class: &str, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(words))
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(curves: Vec<Curve>) -> Chart {
        Chart {
            title: "Contrastive pre-training".into(),
            x_label: "epoch".into(),
            y_label: "loss, nats".into(),
            curves,
        }
    }

    fn curve(role: Role, points: &[(f64, f64)]) -> Curve {
        Curve::new(role.class(), role, points.to_vec())
    }

    fn falling(n: usize, from: f64, to: f64) -> Vec<(f64, f64)> {
        let at = |idx: usize| (idx as f64, to + (from - to) * (-4.0 * idx as f64 / n as f64).exp());
        (0..n).map(at).collect()
    }

    #[test]
    fn draws_both_losses_above_their_floor() {
        let drawn = svg(&chart(vec![
            curve(Role::Training, &falling(13, 4.37, 3.9)),
            curve(Role::Validation, &falling(13, 4.4, 4.0)),
            curve(Role::Floor, &[(0.0, 1.95)]),
        ]));
        insta::assert_snapshot!(drawn);
    }

    #[test]
    fn odd_input_gives_a_drawing_without_holes() {
        let nan = f64::NAN;
        let cases: [(&str, Vec<Curve>, &str); 7] = [
            ("nothing", vec![], "nothing logged yet"),
            ("no point", vec![curve(Role::Training, &[])], "nothing logged yet"),
            ("nothing finite", vec![curve(Role::Training, &[(0.0, nan)])], "nothing logged yet"),
            ("one point", vec![curve(Role::Training, &[(3.0, 0.5)])], "<circle"),
            ("flat", vec![curve(Role::Training, &[(0.0, 0.0), (1.0, 0.0)])], ">0.0</text>"),
            ("a floor alone", vec![curve(Role::Floor, &[(0.0, 1.0)])], "H"),
            ("a gap", vec![curve(Role::Training, &[(0.0, 1.0), (1.0, nan), (2.0, 2.0)])], "L736.0"),
        ];
        for (name, curves, expected) in cases {
            let drawn = svg(&chart(curves));
            assert!(drawn.contains(expected), "{name}: {drawn}");
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{name}: {drawn}");
        }
    }

    #[test]
    fn a_curve_of_a_hundred_thousand_points_stays_small() {
        let drawn = svg(&chart(vec![curve(Role::Training, &falling(100_000, 4.0, 1.0))]));
        assert!(drawn.len() < 8_000, "{} bytes", drawn.len());
        assert!(drawn.contains(">80,000</text>"), "{drawn}");
    }

    #[test]
    fn names_are_escaped() {
        let mut chart = chart(vec![Curve::new("a < b", Role::Training, vec![(0.0, 1.0)])]);
        chart.title = "R&D \"one\"".into();
        let drawn = svg(&chart);
        assert!(drawn.contains("<title>R&amp;D &quot;one&quot;</title>"), "{drawn}");
        assert!(drawn.contains("a &lt; b 1.000"), "{drawn}");
    }

    #[test]
    fn ticks_are_round_and_named_without_noise() {
        let cases: [((f64, f64), f64, &[&str]); 5] = [
            ((0.0, 12.0), 8.0, &["0", "2", "4", "6", "8", "10", "12"]),
            ((1.87, 4.5), 6.0, &["2.0", "2.5", "3.0", "3.5", "4.0", "4.5"]),
            ((-0.3, 0.3), 6.0, &["-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"]),
            ((0.0, 1500.0), 6.0, &["0", "500", "1,000", "1,500"]),
            ((0.0012, 0.0019), 6.0, &["0.0012", "0.0014", "0.0016", "0.0018"]),
        ];
        for (range, n_ticks, expected) in cases {
            let scale = Scale::of(range, n_ticks, 0.0, 0.0);
            let labels: Vec<_> = scale.ticks().map(|tick| scale.label(tick)).collect();
            assert_eq!(labels, expected, "{range:?}");
        }
    }
}
