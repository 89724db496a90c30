//! Networks with the benchmarks' own parameter counts (NAS-Bench-101's `trainable_parameters`,
//! NATS-Bench's `params` and `flop`) or those of a counter written for this purpose in another language.

use gennape::graph::Cost;

use super::build;

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
