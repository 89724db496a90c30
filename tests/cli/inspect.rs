//! `gennape inspect`: the table, the JSON, and the graph that `predict` reads back.

use super::support::{NB101, NB201, gennape, gennape_with, keys};

#[test]
fn the_table_sums_up_and_has_a_row_a_layer() {
    let table = gennape(&["inspect", NB201]).succeeded().stdout;
    for part in ["nb201", "input 32x32x3", "802,426 params", "113,951,360 MACs", "depth"] {
        assert!(table.contains(part), "no {part} in {table}");
    }
    let n_layers = table.lines().filter(|line| line.trim_start().starts_with("conv_")).count();
    let json = gennape(&["inspect", "--json", NB201]).json();
    assert_eq!(json["ops"]["conv"], n_layers);
}

#[test]
fn json_has_the_promised_keys_and_layers_that_add_up() {
    for (text, family) in [(NB201, "nb201"), (NB101, "nb101")] {
        let json = gennape(&["inspect", text, "--json"]).succeeded().json();
        let expected = [
            "name",
            "family",
            "input",
            "params",
            "macs",
            "graph_params",
            "graph_macs",
            "nodes",
            "edges",
            "depth",
            "ops",
            "notes",
            "layers",
        ];
        assert_eq!(keys(&json), expected);
        assert_eq!(json["family"], family);
        let layers = json["layers"].as_array().unwrap();
        assert_eq!(json["nodes"], layers.len());
        for key in ["params", "macs"] {
            let sum: u64 = layers.iter().map(|layer| layer[key].as_u64().unwrap()).sum();
            assert_eq!(json[format!("graph_{key}")], sum, "{key} of {family}");
        }
        let counts = json["ops"].as_object().unwrap().values();
        assert_eq!(json["nodes"], counts.map(|count| count.as_u64().unwrap()).sum::<u64>());
    }
}

#[test]
fn a_variant_changes_image_and_classes_and_an_unknown_one_lists_the_known() {
    let of = |variant| gennape(&["inspect", "--json", "--variant", variant, NB201]);
    assert_eq!(of("imagenet16-120").succeeded().json()["input"][0], 16);
    let error = of("mars").failed();
    assert!(error.contains("cifar10, cifar100, imagenet16-120"), "{error}");
}

#[test]
fn the_printed_graph_is_read_back_as_the_same_network() {
    let folder = tempfile::tempdir().unwrap();
    for (text, target) in [(NB201, "nb201/cifar10"), (NB101, "nb101/cifar10")] {
        let graph = gennape(&["inspect", "--graph", text]).succeeded().stdout;
        let file = folder.path().join("graph.json");
        std::fs::write(&file, &graph).unwrap();
        let predict = |input: &str, stdin: &str| {
            let args = ["predict", "--format", "json", "--target", target, input];
            gennape_with(&args, stdin).succeeded().json()[0].clone()
        };
        let own = predict(text, "");
        for read in [predict(file.to_str().unwrap(), ""), predict("-", &graph)] {
            assert_eq!(read["family"], serde_json::Value::Null);
            for key in ["accuracy", "target", "params", "macs", "nodes", "edges", "depth"] {
                assert_eq!(read[key], own[key], "{key} of {text}");
            }
        }
        let again = gennape(&["inspect", "--graph", file.to_str().unwrap()]).succeeded().stdout;
        assert_eq!(again, graph);
    }
}

#[test]
fn a_stream_shows_its_first_network() {
    let line = format!("{{\"id\": 1, \"arch\": \"{NB201}\"}}\n");
    let json = gennape_with(&["inspect", "--json", "-"], line.repeat(2)).succeeded().json();
    assert_eq!(json["params"], 802_426);
}
