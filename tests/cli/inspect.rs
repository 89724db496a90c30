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
            "flops",
            "peak_activations",
            "graph_params",
            "graph_macs",
            "nodes",
            "edges",
            "depth",
            "ops",
            "notes",
            "layers",
            "groups",
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

#[test]
fn layers_are_written_for_spreadsheets_and_the_graph_for_graphviz() {
    let csv = gennape(&["inspect", "--csv", NB201]).succeeded().stdout;
    let json = gennape(&["inspect", "--json", NB201]).json();
    let n_layers = json["layers"].as_array().unwrap().len();
    assert_eq!(csv.lines().count(), 1 + n_layers);
    assert!(csv.starts_with("name,op,in_h,"), "{csv}");
    let dot = gennape(&["inspect", "--dot", NB201]).succeeded().stdout;
    assert_eq!(dot.matches(" -> ").count() as u64, json["edges"].as_u64().unwrap());
    assert!(dot.starts_with("digraph \"nb201\" {"), "{dot}");
}

#[test]
fn a_folder_gives_one_line_a_file_and_the_exit_code_tells_of_errors() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("a.txt", NB201);
    put("below/b.json", NB101);
    let path = folder.path().to_str().unwrap();
    let lines = gennape(&["inspect", "--all", path]).succeeded().stdout;
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.starts_with("a.txt: input 32x32x3, 802,426 params"), "{lines}");
    assert!(lines.contains("\nbelow/b.json: "), "{lines}");

    put("broken.txt", "|nor_conv_3x3~0|+|");
    for form in
        [&["inspect", "--all"][..], &["inspect", "--all", "--json"], &["inspect", "--all", "--csv"]]
    {
        let run = gennape(&[form, &[path]].concat());
        assert_eq!(run.code, 1);
        let line = run.stdout.lines().find(|line| line.contains("broken.txt")).unwrap();
        assert!(line.contains("1:19: the text ends"), "{line}");
    }
}
