//! `gennape mutate`: the list of changes, in all forms.

use super::support::{NB201, gennape};

#[test]
fn the_table_lists_every_change_the_best_first() {
    let table = gennape(&["mutate", NB201]).succeeded().stdout;
    let mut lines = table.lines().map(str::trim);
    assert_eq!(lines.next(), Some("nb201/cifar10"));
    assert!(lines.next().is_some_and(|header| header.starts_with("accuracy")), "{table}");
    // itself, then four other operations on each of six edges
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 1 + 24, "{table}");
    let accuracies: Vec<f64> = rows[1..]
        .iter()
        .map(|row| row.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert!(accuracies.is_sorted_by(|a, b| a >= b), "{table}");
    assert!(
        table.contains("replace avg_pool_3x3 from node 1 to node 2 by nor_conv_3x3"),
        "{table}"
    );
}

#[test]
fn a_change_is_predicted_as_its_text_would_be() {
    let target = "nb201/cifar100";
    let json = gennape(&["mutate", "--target", target, "--limit", "3", "--format", "json", NB201])
        .succeeded()
        .json();
    assert_eq!((&json["target"], &json["total"]), (&target.into(), &24.into()));
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 3);
    for change in changes {
        let text = change["text"].as_str().unwrap();
        let args = ["predict", "--target", target, "--format", "json", text];
        let alone = &gennape(&args).succeeded().json()[0];
        let difference = alone["accuracy"].as_f64().unwrap() - change["accuracy"].as_f64().unwrap();
        assert!(difference.abs() < 1e-5, "{text}: {difference}");
        assert_eq!((&alone["params"], &alone["macs"]), (&change["params"], &change["macs"]));
    }
}

#[test]
fn a_graph_of_no_family_is_shown_the_way_out() {
    let graph = gennape(&["inspect", "--graph", NB201]).succeeded().stdout;
    let error = gennape(&["mutate", &graph]).failed();
    assert!(error.contains("`gennape inspect` shows its layers"), "{error}");
}
