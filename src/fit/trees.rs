//! Gradient-boosted regression trees on a few columns: what scalars say without any network.
//!
//! F_0 = mean of y, F_t = F_(t-1) + rate h_t, where tree h_t is fitted to the residuals y - F_(t-1)
//! (Friedman, 2001, squared error). Trees are exact: every threshold of every column is tried, and
//! the one that lowers the squared error most is taken; of equal ones the first column's. No draws:
//! equal input gives equal trees. As scikit-learn's `GradientBoostingRegressor` with
//! `criterion="squared_error"`, whose numbers are in `tests/reference`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Two values of a column closer than this are one (scikit-learn's `FEATURE_THRESHOLD`).
const SAME: f32 = 1e-7;
/// Residuals with a smaller variance are not split any further.
const PURE: f64 = f64::EPSILON;

/// How many trees, how deep, and how much of each is taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreesConfig {
    /// Number of trees.
    pub trees: usize,
    /// Questions from the root of a tree to a leaf, at most.
    pub depth: usize,
    /// The share of each tree's answer that is added.
    pub rate: f64,
}

impl Default for TreesConfig {
    /// DESIGN.md, "Adaptation from few networks": 200 trees of depth 3, .05 of each.
    fn default() -> Self {
        Self { trees: 200, depth: 3, rate: 0.05 }
    }
}

/// A fitted sum of trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoostedTrees {
    start: f64,
    rate: f64,
    trees: Vec<Tree>,
}

/// Nodes from the root on; children stand behind their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tree(Vec<Node>);

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Node {
    Leaf(f64),
    /// Rows with `column <= threshold` go to node `below`, the others to the one after it.
    Split {
        column: usize,
        threshold: f64,
        below: usize,
    },
}

impl BoostedTrees {
    /// Trees fitted to `labels`, one a row.
    ///
    /// Complexity: O(trees depth columns rows), after sorting each column once.
    ///
    /// # Errors
    /// Where there are no rows, or rows and labels do not fit each other.
    ///
    /// # Example
    /// ```
    /// # use gennape::fit::trees::{BoostedTrees, TreesConfig};
    /// let rows: [&[f32]; 4] = [&[1.0], &[2.0], &[3.0], &[4.0]];
    /// let one = TreesConfig { trees: 1, depth: 1, rate: 1.0 };
    /// let trees = BoostedTrees::fit(&one, &rows, &[0.0, 0.0, 1.0, 1.0]).unwrap();
    /// assert_eq!((trees.predict(&[2.4]), trees.predict(&[2.6])), (0.0, 1.0));
    /// ```
    pub fn fit(config: &TreesConfig, rows: &[&[f32]], labels: &[f64]) -> Result<Self> {
        let n_columns = rows.first().map_or(0, |row| row.len());
        let is_even = rows.iter().all(|row| row.len() == n_columns);
        if rows.is_empty() || rows.len() != labels.len() || !is_even {
            let message = format!(
                "trees need rows of one length with one label each; got {} rows, {} labels",
                rows.len(),
                labels.len()
            );
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let columns: Vec<Column> = (0..n_columns).filter_map(|idx| Column::of(rows, idx)).collect();
        let start = labels.iter().sum::<f64>() / labels.len() as f64;
        let mut residuals: Vec<f64> = labels.iter().map(|label| label - start).collect();
        let mut trees = Vec::with_capacity(config.trees);
        for _ in 0..config.trees {
            let (tree, leaves) = grow(rows, &columns, &residuals, config.depth);
            for (residual, leaf) in residuals.iter_mut().zip(leaves) {
                *residual -= config.rate * tree.value(leaf);
            }
            trees.push(tree);
        }
        Ok(Self { start, rate: config.rate, trees })
    }

    /// The prediction for one row, which has the columns of those fitted to.
    pub fn predict(&self, row: &[f32]) -> f64 {
        self.start + self.trees.iter().map(|tree| self.rate * tree.answer(row)).sum::<f64>()
    }
}

impl Tree {
    fn value(&self, leaf: usize) -> f64 {
        match self.0[leaf] {
            Node::Leaf(value) => value,
            Node::Split { .. } => 0.0,
        }
    }

    fn answer(&self, row: &[f32]) -> f64 {
        let mut at = 0;
        loop {
            match self.0[at] {
                Node::Leaf(value) => return value,
                Node::Split { column, threshold, below } => {
                    at = below + usize::from(f64::from(row[column]) > threshold);
                }
            }
        }
    }
}

/// A column that varies, with the rows in ascending order of its values.
struct Column {
    place: usize,
    sorted: Vec<(f32, u32)>,
}

impl Column {
    fn of(rows: &[&[f32]], place: usize) -> Option<Self> {
        let mut sorted: Vec<(f32, u32)> =
            rows.iter().enumerate().map(|(row, values)| (values[place], row as u32)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let varies = sorted.first()?.0 + SAME < sorted.last()?.0;
        varies.then_some(Self { place, sorted })
    }
}

/// Number, sum and sum of squares of some residuals.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, residual: f64) {
        self.count += 1.0;
        self.sum += residual;
        self.squares += residual * residual;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    fn variance(&self) -> f64 {
        self.squares / self.count - self.mean().powi(2)
    }
}

/// The best question found so far for the rows of one node.
#[derive(Debug, Clone, Copy)]
struct Question {
    gain: f64,
    column: usize,
    threshold: f64,
}

/// One tree, level by level, and the leaf of each row.
fn grow(
    rows: &[&[f32]],
    columns: &[Column],
    residuals: &[f64],
    depth: usize,
) -> (Tree, Vec<usize>) {
    let mut place = vec![0; residuals.len()];
    let mut nodes = vec![Node::Leaf(0.0)];
    let mut first_of_level = 0;
    for _ in 0..depth {
        let sums = sums_of(&place, residuals, nodes.len());
        let questions = questions(columns, residuals, &place, &sums, first_of_level);
        let below_of_level = nodes.len();
        for (idx, question) in questions.into_iter().enumerate() {
            if let Some(Question { column, threshold, .. }) = question {
                let below = nodes.len();
                nodes[first_of_level + idx] = Node::Split { column, threshold, below };
                nodes.extend([Node::Leaf(0.0); 2]);
            }
        }
        descend(rows, &nodes, &mut place);
        if nodes.len() == below_of_level {
            break;
        }
        first_of_level = below_of_level;
    }
    let sums = sums_of(&place, residuals, nodes.len());
    for (node, sums) in nodes.iter_mut().zip(sums) {
        if let Node::Leaf(value) = node {
            *value = sums.mean();
        }
    }
    (Tree(nodes), place)
}

fn sums_of(place: &[usize], residuals: &[f64], n_nodes: usize) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); n_nodes];
    place.iter().zip(residuals).for_each(|(&node, &residual)| sums[node].add(residual));
    sums
}

/// The best question for each node from `first` on, where its rows can be told apart.
///
/// What a split gains is, but for a constant of the node, sum_below^2 / n_below + sum_above^2 /
/// n_above.
fn questions(
    columns: &[Column],
    residuals: &[f64],
    place: &[usize],
    sums: &[Sums],
    first: usize,
) -> Vec<Option<Question>> {
    let mut best: Vec<Option<Question>> = vec![None; sums.len() - first];
    for column in columns {
        let mut below = vec![(Sums::default(), 0.0_f32); sums.len() - first];
        for &(value, row) in &column.sorted {
            let node = place[row as usize];
            if node < first || sums[node].variance() <= PURE {
                continue;
            }
            let (so_far, last) = &mut below[node - first];
            if so_far.count > 0.0 && value > *last + SAME {
                let above = (sums[node].count - so_far.count, sums[node].sum - so_far.sum);
                let gain = so_far.sum.powi(2) / so_far.count + above.1.powi(2) / above.0;
                if best[node - first].is_none_or(|best| gain > best.gain) {
                    let threshold = f64::from(*last) / 2.0 + f64::from(value) / 2.0;
                    best[node - first] = Some(Question { gain, column: column.place, threshold });
                }
            }
            so_far.add(residuals[row as usize]);
            *last = value;
        }
    }
    best
}

/// Moves each row that stands at a split to the child that it belongs to.
fn descend(rows: &[&[f32]], nodes: &[Node], place: &mut [usize]) {
    for (row, place) in rows.iter().zip(place) {
        if let Node::Split { column, threshold, below } = nodes[*place] {
            *place = below + usize::from(f64::from(row[column]) > threshold);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let config = TreesConfig::default();
        for (rows, labels) in [
            (vec![], vec![]),
            (vec![&[1.0_f32][..]], vec![1.0, 2.0]),
            (vec![&[1.0_f32][..], &[1.0, 2.0]], vec![1.0, 2.0]),
        ] {
            let error = BoostedTrees::fit(&config, &rows, &labels).unwrap_err();
            assert!(error.message().contains("rows of one length"), "{error}");
        }
    }

    #[test]
    fn nothing_to_ask_leaves_the_mean() {
        let rows: [&[f32]; 3] = [&[1.0, 5.0], &[1.0, 5.0], &[1.0, 5.0]];
        let trees = BoostedTrees::fit(&TreesConfig::default(), &rows, &[1.0, 2.0, 6.0]).unwrap();
        assert!((trees.predict(&[9.0, 9.0]) - 3.0).abs() < 1e-12);
        let rows: [&[f32]; 2] = [&[1.0], &[2.0]];
        let trees = BoostedTrees::fit(&TreesConfig::default(), &rows, &[4.0, 4.0]).unwrap();
        assert_eq!(trees.predict(&[1.0]), 4.0);
    }
}
