//! The families' exact networks: against published numbers, an independent counter and each other.
//!
//! Numbers in the tables are the benchmarks' own parameter counts (NAS-Bench-101's
//! `trainable_parameters`, NATS-Bench's `params` and `flop`) or those of a counter written for this
//! purpose in another language. With `GENNAPE_SHARED` set to the shared folder, every check network
//! and every record there is counted too.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so")]

mod shared;

use std::collections::{BTreeMap, BTreeSet};

use gennape::family::{self, Architecture, FAMILIES};
use gennape::format::{self, Parsed};
use gennape::graph::{ComputeGraph, Cost};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use shared::{CheckNetwork, check_networks, shared};

fn parse(family: &str, text: &str) -> Box<dyn Architecture> {
    let family = family::by_name(family).unwrap();
    family.parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn build(family: &str, text: &str, variant: &str) -> ComputeGraph {
    let variant = family::variant(family::by_name(family).unwrap(), variant).unwrap();
    parse(family, text).build(variant).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A network and its numbers.
struct Check {
    family: &'static str,
    variant: &'static str,
    text: &'static str,
    written: Cost,
    graph: Cost,
    /// Nodes and edges.
    size: [usize; 2],
}

const fn check(
    (family, variant): (&'static str, &'static str),
    text: &'static str,
    [params, macs]: [u64; 2],
    size: [usize; 2],
) -> Check {
    let cost = Cost { params, macs };
    Check { family, variant, text, written: cost, graph: cost, size }
}

const NB101: (&str, &str) = ("nb101", "cifar10");
const NB201: (&str, &str) = ("nb201", "cifar10");
const NB_MACRO: (&str, &str) = ("nb_macro", "cifar10");
const MNASNET: (&str, &str) = ("mnasnet", "imagenet");
const NATS_SSS: (&str, &str) = ("nats_sss", "cifar10");
const DARTS: (&str, &str) = ("darts", "cifar10");

const CHECKS: &[Check] = &[
    // the API's example, published
    check(
        NB101,
        r#"{"matrix":[[0,1,1,1,0,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,1,0,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","maxpool3x3","output"]}"#,
        [2_694_282, 402_002_944],
        [243, 269],
    ),
    check(
        NB101,
        r#"{"matrix":[[0,1,1],[0,0,1],[0,0,0]],"ops":["input","conv3x3-bn-relu","output"]}"#,
        [11_051_402, 1_630_934_016],
        [99, 107],
    ),
    check(
        NB101,
        r#"{"matrix":[[0,1],[0,0]],"ops":["input","output"]}"#,
        [882_570, 137_761_792],
        [36, 35],
    ),
    // a vertex that leads nowhere: equals input -> conv3x3 -> output
    check(
        NB101,
        r#"{"matrix":[[0,1,1,0],[0,0,0,1],[0,0,0,0],[0,0,0,0]],"ops":["input","conv3x3-bn-relu","maxpool3x3","output"]}"#,
        [10_177_674, 1_496_716_288],
        [63, 62],
    ),
    // one cell in two orders of its vertices: the channels left over go to other operations
    check(NB101, ORDER_A, [1_407_509, 216_259_776], [144, 170]),
    check(NB101, ORDER_B, [1_408_799, 216_586_368], [144, 170]),
    // two equal pools: one tensor twice in a concat
    check(
        NB101,
        r#"{"matrix":[[0,1,0,0,0],[0,0,1,1,0],[0,0,0,0,1],[0,0,0,0,1],[0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","maxpool3x3","maxpool3x3","output"]}"#,
        [706_442, 108_401_664],
        [81, 80],
    ),
    check(
        NB201,
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
        [1_531_546, 220_119_680],
        [281, 327],
    ),
    // NATS-Bench file 000011, in its two other data sets
    check(
        ("nb201", "cifar100"),
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
        [808_276, 113_957_120],
        [206, 237],
    ),
    check(
        ("nb201", "imagenet16-120"),
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
        [809_576, 28_495_360],
        [206, 237],
    ),
    check(NB201, "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", [73_306, 7_783_040], [41, 42]),
    Check {
        family: "nb201",
        variant: "cifar10",
        text: "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|none~1|none~2|",
        written: Cost { params: 587_386, macs: 82_494_080 },
        graph: Cost { params: 101_306, macs: 11_715_200 },
        size: [71, 72],
    },
    // NATS-Bench files 000000, 000011 and 000284 of the size space
    check(NATS_SSS, "8:8:8:8:8", [11_714, 4_481_104], [71, 81]),
    check(NATS_SSS, "8:8:8:16:32", [49_202, 6_840_640], [73, 83]),
    check(NATS_SSS, "8:8:40:32:40", [144_834, 21_827_984], [75, 85]),
    check(NATS_SSS, "64:64:64:64:64", [713_674, 274_399_872], [71, 81]),
    // an independent counter's; its rules give NAS-Bench-301's 3,000 published counts
    check(DARTS, "DARTS_V1", [3_169_414, 500_987_520], [880, 1017]),
    check(DARTS, "DARTS_V2", [3_349_342, 528_359_040], [950, 1087]),
    check(("darts", "cifar10-pool-bn"), "DARTS_V2", [3_351_502, 528_359_040], [962, 1103]),
    check(("darts", "imagenet"), "DARTS_V2", [4_718_752, 529_911_552], [652, 748]),
    check(("nb301", "cifar10"), "DARTS_V2", [919_722, 159_765_504], [338, 391]),
    // zeros count as channels of the concat
    check(
        DARTS,
        "Genotype(normal=[('sep_conv_7x7',0),('conv_7x1_1x7',1),('none',0),('dil_conv_5x5',2)], \
         normal_concat=range(2,4), reduce=[('conv_7x1_1x7',0),('skip_connect',1),\
         ('sep_conv_7x7',1),('none',2)], reduce_concat=range(2,4))",
        [4_133_566, 641_215_296],
        [470, 513],
    ),
    // the benchmark's table
    check(NB_MACRO, "00000000", [387_882, 7_713_280], [16, 15]),
    check(NB_MACRO, "11111111", [1_588_874, 53_246_464], [79, 83]),
    check(NB_MACRO, "01210102", [1_546_474, 47_933_952], [55, 57]),
    check(NB_MACRO, "22212220", [1_985_514, 85_164_544], [70, 73]),
    // EfficientNet-B0, with and without squeeze-excite; then row 0 of Accel-NASBench's table
    check(MNASNET, EFFICIENTNET, [5_288_548, 385_814_752], [240, 264]),
    check(
        MNASNET,
        "[[1,6,6,6,6,6,6],[3,3,5,3,5,5,3],[1,2,2,3,3,4,1],[0,0,0,0,0,0,0]]",
        [4_652_008, 385_187_552],
        [144, 152],
    ),
    check(
        MNASNET,
        "[[6,4,6,6,6,1,1],[3,5,3,5,5,3,3],[1,2,3,3,2,2,2],[0,0,0,0,0,0,0]]",
        [2_501_160, 375_723_888],
        [126, 133],
    ),
    // a subnet that DyNAS-T measured; one of MOOFA's table
    check(
        ("ofa_mbv3", "imagenet"),
        r#"{"ks":[5,7,5,5,3,3,3,7,5,5,3,7,7,3,3,3,5,5,5,5],"e":[4,3,4,4,4,6,3,4,4,3,4,3,3,6,6,6,4,3,4,4],"d":[2,3,2,4,3],"r":224}"#,
        [5_029_656, 255_502_624],
        [199, 218],
    ),
    check(
        ("ofa_mbv3", "moofa"),
        r#"{"ks":[3,3,0,0,3,3,0,0,3,7,0,0,3,7,3,3,5,3,7,3],"e":[2,3,0,0,4,4,0,0,4,2,0,0,2,4,2,3,2,4,2,2],"d":[2,2,2,4,4],"r":224,"supernet":"moofa"}"#,
        [9_475_768, 438_131_240],
        [186, 202],
    ),
    // the reference network in PyTorch, at a side that gives odd maps
    check(
        ("ofa_resnet", "imagenet"),
        r#"{"d":[2,2,0,2,0],"e":[0.25,0.2,0.35,0.25,0.2,0.2,0.2,0.25,0.2,0.2,0.25,0.25,0.35,0.2,0.25,0.35,0.25,0.2],"w":[2,1,0,2,2,2],"r":208}"#,
        [23_340_600, 2_913_906_752],
        [167, 181],
    ),
];

const EFFICIENTNET: &str = "[[1,6,6,6,6,6,6],[3,3,5,3,5,5,3],[1,2,2,3,3,4,1],[1,1,1,1,1,1,1]]";

const ORDER_A: &str = r#"{"matrix":[[0,1,0,0,1],[0,0,1,1,1],[0,0,0,0,1],[0,0,0,0,1],[0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","maxpool3x3","conv1x1-bn-relu","output"]}"#;
const ORDER_B: &str = r#"{"matrix":[[0,1,0,0,1],[0,0,1,1,1],[0,0,0,0,1],[0,0,0,0,1],[0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","conv1x1-bn-relu","maxpool3x3","output"]}"#;

#[test]
fn check_networks_have_their_published_numbers() {
    for &Check { family, variant, text, written, graph, size } in CHECKS {
        let built = build(family, text, variant);
        assert_eq!(built.written_cost(), written, "written, {variant}: {text}");
        assert_eq!(built.cost(), graph, "graph, {variant}: {text}");
        assert_eq!([built.n_nodes(), built.n_edges()], size, "nodes and edges: {text}");
    }
}

#[test]
fn a_cell_in_another_vertex_order_is_another_network_only_by_its_left_over_channels() {
    let hash = |text: &str| build("nb101", text, "cifar10").structural_hash();
    assert_ne!(hash(ORDER_A), hash(ORDER_B));
    // four output branches leave nothing over, so the order of vertices leaves no trace
    let even = |ops: &str| {
        let matrix =
            "[[0,1,1,1,1,0],[0,0,0,0,0,1],[0,0,0,0,0,1],[0,0,0,0,0,1],[0,0,0,0,0,1],[0,0,0,0,0,0]]";
        hash(&format!(r#"{{"matrix":{matrix},"ops":["input",{ops},"output"]}}"#))
    };
    let (conv, pool) = (r#""conv3x3-bn-relu""#, r#""maxpool3x3""#);
    assert_eq!(
        even(&[conv, conv, pool, pool].join(",")),
        even(&[pool, conv, pool, conv].join(","))
    );
}

#[test]
fn examples_samples_and_mutants_print_as_they_are_read_and_build() {
    let mut rng = Pcg64Mcg::seed_from_u64(101);
    for family in FAMILIES {
        assert_eq!(parse(family.name(), family.example()).text(), family.example());
        let mut architecture = family.sample(&mut rng);
        for step in 0..200 {
            let text = architecture.text();
            let detected = format::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            let Parsed::Architecture(detected) = detected else { panic!("a graph: {text}") };
            assert_eq!((detected.family().name(), detected.text()), (family.name(), text.clone()));
            assert_eq!(parse(family.name(), &text).text(), text);
            if step % 10 == 0 {
                for variant in architecture.variants() {
                    let graph =
                        architecture.build(variant).unwrap_or_else(|e| panic!("{e}: {text}"));
                    assert_eq!(graph.node(graph.n_nodes() - 1).output.c, variant.classes);
                }
            }
            let next =
                if step % 2 == 0 { architecture.mutate(&mut rng) } else { family.sample(&mut rng) };
            assert!(step % 2 == 1 || next.text() != text, "a mutant equals its parent: {text}");
            architecture = next;
        }
    }
}

#[test]
fn children_are_valid_and_equal_parents_have_equal_children() {
    let mut rng = Pcg64Mcg::seed_from_u64(104);
    for family in FAMILIES {
        let mut n_children = 0;
        for _ in 0..50 {
            let (mother, father) = (family.sample(&mut rng), family.sample(&mut rng));
            if let Some(child) = mother.cross(father.as_ref(), &mut rng) {
                assert_eq!(parse(family.name(), &child.text()).text(), child.text());
                child.build(child.variants()[0]).unwrap();
                n_children += 1;
            }
            let twin = mother.cross(parse(family.name(), &mother.text()).as_ref(), &mut rng);
            assert_eq!(twin.unwrap().text(), mother.text());
        }
        assert!(n_children >= 45, "{}: {n_children} of 50 pairs have a child", family.name());
    }
}

#[test]
fn spaces_that_are_enumerated_have_their_size_and_no_text_twice() {
    for family in FAMILIES {
        let Some(all) = family.enumerate() else { continue };
        // the first 40,000 hold every small space; NAS-Bench-101 is counted with the shared records
        let texts: Vec<_> = all.take(40_000).map(|architecture| architecture.text()).collect();
        if texts.len() < 40_000 {
            assert_eq!(texts.len() as f64, family.size(), "{}", family.name());
        }
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{}", family.name());
        for text in texts.iter().step_by(997) {
            assert_eq!(parse(family.name(), text).text(), *text);
        }
    }
}

#[test]
fn renumbering_the_nodes_leaves_no_trace() {
    let mut rng = Pcg64Mcg::seed_from_u64(102);
    for family in FAMILIES {
        for _ in 0..5 {
            let graph = family.sample(&mut rng).build(&family.variants()[0]).unwrap();
            let mut order: Vec<usize> = (0..graph.n_nodes()).collect();
            order.shuffle(&mut rng);
            let mut place = vec![0; order.len()];
            order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
            let nodes = order.iter().map(|&old| graph.node(old).clone()).collect();
            let mut edges: Vec<_> =
                graph.edges().map(|(from, to)| (place[from], place[to])).collect();
            edges.shuffle(&mut rng);
            let shuffled = ComputeGraph::from_parts("shuffled", nodes, &edges, 0).unwrap();
            assert_eq!(shuffled.structural_hash(), graph.structural_hash());
            assert_eq!(shuffled.cost(), graph.cost());
            let ops = |graph: &ComputeGraph| graph.nodes().map(|n| n.op).collect::<Vec<_>>();
            assert_eq!(ops(&shuffled), ops(&graph));
            assert!(shuffled.edges().eq(graph.edges()));
        }
    }
}

#[test]
fn damaged_texts_are_errors_with_a_place_or_architectures_that_print_and_read_back() {
    const NOISE: &[char] = &[
        '|', '~', '+', '0', '1', '[', ']', '{', '}', '(', ',', ':', '"', '\\', 'u', '#', '\n', 'é',
    ];
    let mut rng = Pcg64Mcg::seed_from_u64(103);
    let mut n_read = 0;
    for family in FAMILIES {
        for _ in 0..3_000 {
            let mut letters: Vec<char> = family.example().chars().collect();
            for _ in 0..rng.random_range(1..4) {
                let place = rng.random_range(0..letters.len());
                match rng.random_range(0..4) {
                    0 => letters[place] = NOISE[rng.random_range(0..NOISE.len())],
                    1 => letters.insert(place, NOISE[rng.random_range(0..NOISE.len())]),
                    2 if letters.len() > 1 => drop(letters.remove(place)),
                    _ => letters.truncate(place.max(1)),
                }
            }
            let text: String = letters.into_iter().collect();
            match format::parse(&text) {
                Ok(Parsed::Architecture(architecture)) => {
                    let printed = architecture.text();
                    assert_eq!(parse(architecture.family().name(), &printed).text(), printed);
                    n_read += 1;
                }
                Ok(Parsed::Graph { .. }) => panic!("read as a graph: {text}"),
                Err(error) => assert!(error.place().is_some(), "{error}: {text}"),
            }
        }
    }
    assert!(n_read > 0, "no damage was ever harmless");
}

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
