//! Boosted trees, as scikit-learn fits them.

use gennape::fit::trees::{BoostedTrees, TreesConfig};
use serde_json::Value;

use crate::support::{numbers, reference};

fn rows(value: &Value) -> Vec<Vec<f32>> {
    let rows = value.as_array().unwrap().iter();
    rows.map(|row| numbers(row).into_iter().map(|x| x as f32).collect()).collect()
}

fn assert_predicts(trees: &BoostedTrees, rows: &[Vec<f32>], expected: &Value) {
    let expected = numbers(expected);
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        let got = trees.predict(row);
        assert!((got - expected).abs() < 1e-7, "{got} instead of {expected} for {row:?}");
    }
}

#[test]
fn boosted_trees_agree_with_scikit_learn() {
    for case in reference("trees")["cases"].as_array().unwrap() {
        let x = rows(&case["x"]);
        let borrowed: Vec<&[f32]> = x.iter().map(Vec::as_slice).collect();
        let trees =
            BoostedTrees::fit(&TreesConfig::default(), &borrowed, &numbers(&case["y"])).unwrap();
        assert_predicts(&trees, &x, &case["fitted"]);
        if let Some(new) = case.get("new_x") {
            assert_predicts(&trees, &rows(new), &case["new"]);
        }
    }
}
