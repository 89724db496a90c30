//! Whole spaces, check networks, the authors' graphs and every record, where `GENNAPE_SHARED` names
//! the shared folder; skipped by name where it does not.

use std::collections::{BTreeMap, BTreeSet};

use gennape::family;
use gennape::format::{self, Parsed};
use gennape::graph::Cost;

use super::build;
use super::shared::{CheckNetwork, check_networks, shared};

/// `each` of all `items`, on both halves of them at once.
fn on_two_threads<I: Sync, T: Send>(items: &[I], each: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let (left, right) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| right.iter().map(&each).collect::<Vec<_>>());
        let mut results: Vec<_> = left.iter().map(&each).collect();
        results.extend(other.join().unwrap());
        results
    })
}

/// The whole space takes seconds without optimisation, so it is counted with the shared records.
#[test]
fn nb101_has_423624_different_cells() {
    if shared("nb101_has_423624_different_cells").is_none() {
        return;
    }
    // Ying et al., section 2.1
    let nb101 = family::by_name("nb101").unwrap();
    let texts: BTreeSet<_> = nb101.enumerate().unwrap().map(|cell| cell.text()).collect();
    assert_eq!(texts.len(), 423_624);
    assert_eq!(nb101.size(), 423_624.0);
}

/// The whole space takes half a minute without optimisation, so it runs with the shared records.
#[test]
fn nb201_has_4853_different_networks() {
    if shared("nb201_has_4853_different_networks").is_none() {
        return;
    }
    // counted by an independent counter: 15,625 strings, x + x being x
    let nb201 = family::by_name("nb201").unwrap();
    let cells: Vec<_> = nb201.enumerate().unwrap().collect();
    assert_eq!(cells.len(), 15_625);
    let cifar10 = &nb201.variants()[0];
    let hashes = on_two_threads(&cells, |cell| cell.build(cifar10).unwrap().structural_hash());
    assert_eq!(hashes.into_iter().collect::<BTreeSet<_>>().len(), 4_853);
}

/// Networks with numbers by an independent counter, from the shared folder.
#[test]
fn every_shared_check_network_has_its_numbers() {
    let Some(networks) = check_networks("every_shared_check_network_has_its_numbers") else {
        return;
    };
    for CheckNetwork { architecture, variant, expected } in networks {
        let text = &expected["text"];
        let graph = architecture.build(variant).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut ops = BTreeMap::<&str, u64>::new();
        graph.nodes().for_each(|node| *ops.entry(node.op.name()).or_default() += 1);
        let number = |key: &str, otherwise: &str| {
            expected[key].as_u64().or(expected[otherwise].as_u64()).unwrap()
        };
        let counted = [
            graph.written_cost().params,
            graph.written_cost().macs,
            graph.cost().params,
            graph.cost().macs,
            graph.n_nodes() as u64,
            graph.n_edges() as u64,
        ];
        let published = [
            number("params", "params"),
            number("macs", "macs"),
            number("graph_params", "params"),
            number("graph_macs", "macs"),
            number("nodes", "nodes"),
            number("edges", "edges"),
        ];
        assert_eq!(counted, published, "{text}");
        assert_eq!(serde_json::json!(ops), expected["ops"], "{text}");
    }
}

/// The authors' own graphs of three networks, from the shared folder.
#[test]
fn the_authors_graphs_are_the_networks_of_their_texts() {
    let Some(folder) = shared("the_authors_graphs_are_the_networks_of_their_texts") else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join("golden").join(name)).unwrap();
    let checks: Vec<serde_json::Value> = serde_json::from_str(&read("family_checks.json")).unwrap();
    for (family, name) in [
        ("hiaml", "HiAMLNet4153"),
        ("two_path", "TwoPathNet4860"),
        ("inception", "InceptionNet226"),
    ] {
        let text = read(&format!("{family}_best.json"));
        let Parsed::Graph { graph, notes } = format::parse(&text).unwrap() else {
            panic!("{name}")
        };
        assert_eq!((graph.name(), notes.len()), (name, 0));
        let check = checks.iter().find(|check| check["name"] == name).unwrap();
        let ours = build(family, check["text"].as_str().unwrap(), "cifar10");
        assert_eq!(graph.structural_hash(), ours.structural_hash(), "{name}");
        assert_eq!(graph.written_cost(), ours.written_cost(), "{name}");
    }
}

/// Records' files and how many records each holds.
#[cfg(feature = "train")]
const RECORDS: &[(&str, usize)] = &[
    ("nb101", 8_544),
    ("nb201", 10_904),
    ("darts", 148),
    ("darts_surrogate", 2_101),
    ("ofa_mbv3", 1_531),
    ("ofa_mbv3_multires", 5_089),
    ("ofa_resnet_surrogate", 2_106),
    ("nb_macro", 4_582),
    ("mnasnet", 3_577),
];

/// The benchmarks' own counts, for every record in the shared folder.
#[cfg(feature = "train")]
#[test]
fn every_shared_record_has_its_params_and_macs() {
    use gennape::format::lines::Lines;
    use gennape::format::record::Record;
    let Some(folder) = shared("every_shared_record_has_its_params_and_macs") else { return };
    for &(name, n_records) in RECORDS {
        let file = std::fs::File::open(folder.join(format!("data/{name}.jsonl.gz"))).unwrap();
        let stream = std::io::BufReader::new(flate2::read::GzDecoder::new(file));
        let lines: Vec<_> = Lines::new(stream).map(Result::unwrap).collect();
        assert_eq!(lines.len(), n_records);
        let wrong = on_two_threads(&lines, |(number, line)| {
            let record = Record::parse(line, *number).unwrap();
            let counted = record.recount().unwrap();
            let published = Cost { params: record.params.unwrap(), macs: record.macs.unwrap() };
            (published != counted).then(|| format!("{counted:?}, {line}"))
        });
        let wrong: Vec<_> = wrong.into_iter().flatten().collect();
        assert!(wrong.is_empty(), "{} of {n_records}: {}", wrong.len(), wrong[0]);
    }
}
