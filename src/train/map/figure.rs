//! The map as one small SVG, for people: every family in its own colour and shape.
//!
//! A pure function from points to text. Colours stay apart for colour-blind readers: seven of them
//! (after Tol, 2021), each once round and once square, and every family's name stands where it lies.

use std::fmt::Write;

/// A family's points.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Name of the family.
    pub title: String,
    /// Its points, within about -1 and 1.
    pub points: Vec<[f64; 2]>,
    /// Points of measured networks, drawn as rings.
    pub measured: Vec<[f64; 2]>,
}

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 760.0;
/// The square that points lie in: its left, its top, its side.
const PLOT: (f64, f64, f64) = (24.0, 60.0, 676.0);
const LEGEND: (f64, f64, f64) = (736.0, 92.0, 30.0);
/// A point's size.
const DOT: f64 = 3.2;
/// What a name takes up, about.
const NAME: (f64, f64) = (110.0, 16.0);
/// Colours, one a family, then again as squares.
const N_COLOURS: usize = 7;

const STYLE: &str = "\
<style>
svg { --surface: #fcfdfc; --ink: #14191c; --c0: #332288; --c1: #1f9bc4; --c2: #117733;
  --c3: #b39a2c; --c4: #cc4b5f; --c5: #882255; --c6: #e08214;
  font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; font-size: 13px; }
@media (prefers-color-scheme: dark) {
  svg { --surface: #0f1416; --ink: #e9eeee; --c0: #8f85e0; --c1: #7fd0ee; --c2: #4fb873;
    --c3: #ddcc77; --c4: #ef7f8f; --c5: #c9609a; --c6: #f5a54a; }
}
.surface { fill: var(--surface); }
.title { fill: var(--ink); font-size: 17px; font-weight: 600; }
.name { fill: var(--ink); }
.dots { fill: none; opacity: 0.7; }
.measured { fill: none; stroke: var(--ink); opacity: 0.8; }
.place { fill: var(--ink); font-weight: 600; text-anchor: middle; paint-order: stroke; stroke: var(--surface);
  stroke-width: 4px; stroke-linejoin: round; }
</style>
";

/// The figure as a complete SVG file.
pub fn svg(title: &str, groups: &[Group]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{title}\">\n{STYLE}<rect class=\"surface\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text class=\"title\" x=\"24\" y=\"36\">{title}</text>\n"
    );
    for (idx, group) in groups.iter().enumerate() {
        out += &dots("dots", &group.points, &mark(idx, DOT));
    }
    for group in groups.iter().filter(|group| !group.measured.is_empty()) {
        let rings = group.measured.iter().map(|point| plotted(*point));
        for (x, y) in rings {
            let _ = writeln!(out, "<circle class=\"measured\" cx=\"{x}\" cy=\"{y}\" r=\"2.4\"/>");
        }
    }
    for (idx, group) in groups.iter().enumerate() {
        out += &legend(idx, group);
    }
    out + &names(groups) + "</svg>\n"
}

/// Each family's name at its middle, or below a name that stands there already.
fn names(groups: &[Group]) -> String {
    let mut out = String::new();
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for group in groups {
        let Some((x, mut y)) = middle(&group.points).map(plotted) else { continue };
        while taken.iter().any(|(a, b)| (a - x).abs() < NAME.0 && (b - y).abs() < NAME.1) {
            y += NAME.1;
        }
        taken.push((x, y));
        let name = group.title.split(" (").next().unwrap_or_default();
        let _ = writeln!(out, "<text class=\"place\" x=\"{x}\" y=\"{y}\">{name}</text>");
    }
    out
}

/// One path of strokes without length: its ends are the points.
fn dots(class: &str, points: &[[f64; 2]], mark: &str) -> String {
    let mut path = String::new();
    for point in points {
        let (x, y) = plotted(*point);
        let _ = write!(path, "M{x} {y}h0");
    }
    format!("<path class=\"{class}\" {mark} d=\"{path}\"/>\n")
}

/// Colour and shape of the family at `idx`.
fn mark(idx: usize, size: f64) -> String {
    let cap = if idx < N_COLOURS { "round" } else { "square" };
    let colour = idx % N_COLOURS;
    format!("stroke=\"var(--c{colour})\" stroke-width=\"{size}\" stroke-linecap=\"{cap}\"")
}

fn legend(idx: usize, group: &Group) -> String {
    let (x, top, step) = LEGEND;
    let y = top + idx as f64 * step;
    let dot = mark(idx, 11.0);
    let (text, baseline, title) = (x + 20.0, y + 4.5, &group.title);
    format!(
        "<path {dot} d=\"M{x} {y}h0\"/>\n<text class=\"name\" x=\"{text}\" y=\"{baseline}\">{title}\
         </text>\n"
    )
}

/// Where a point lies in the drawing, to a tenth.
fn plotted([x, y]: [f64; 2]) -> (f64, f64) {
    let (left, top, side) = PLOT;
    let at = |from: f64, share: f64| ((from + (share + 1.0) / 2.0 * side) * 10.0).round() / 10.0;
    (at(left, x), at(top, y))
}

/// The point that lies nearest to all others of its group: where its name stands.
fn middle(points: &[[f64; 2]]) -> Option<[f64; 2]> {
    let distances =
        |p: &[f64; 2]| points.iter().map(|q| (p[0] - q[0]).hypot(p[1] - q[1])).sum::<f64>();
    points.iter().copied().min_by(|a, b| distances(a).total_cmp(&distances(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_points_its_mark_and_its_name_at_its_middle() {
        let group = |title: &str, x: f64| Group {
            title: title.into(),
            points: vec![[x, -1.0], [x, 0.0], [x, 1.0]],
            measured: vec![[x, 0.0]],
        };
        let groups: Vec<_> = (0..8).map(|i| group(&format!("F{i}"), f64::from(i) / 8.0)).collect();
        let text = svg("The map", &groups);
        assert_eq!(text.matches("class=\"dots\"").count(), 8);
        assert_eq!(text.matches("class=\"measured\"").count(), 8);
        assert_eq!(
            text.matches("stroke-linecap=\"square\"").count(),
            2,
            "one of dots, one of the legend"
        );
        // -1 to 1 is 24 to 700 across and 60 to 736 down
        assert!(text.contains("d=\"M362 60h0M362 398h0M362 736h0\""), "{text}");
        assert!(text.contains("<text class=\"place\" x=\"362\" y=\"398\">F0</text>"));
        assert!(svg("No family", &[]).ends_with("</svg>\n"));
    }
}
