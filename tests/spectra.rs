//! Spectra of real networks: against an independent computation of the same eigenvalues.
//!
//! The numbers of the golden graphs are printed with their description (6 digits); those of check
//! networks are in the shared folder, which `GENNAPE_SHARED` names. What needs it is skipped
//! without it.

#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so")]

mod shared;

use gennape::family;
use gennape::train::spectrum::{laplacian_eigenvalues, spectrum};
use serde::Deserialize;
use shared::{CheckNetwork, check_networks, shared};

/// The numbers have 6 digits after the point.
const TOLERANCE: f64 = 1e-6;

#[track_caller]
fn assert_near(what: &str, found: &[f64], expected: &[f64]) {
    assert!(found.len() >= expected.len(), "{what}: {} eigenvalues", found.len());
    for (idx, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= TOLERANCE, "{what}: eigenvalue {idx} is {a}, expected {b}");
    }
}

#[derive(Deserialize)]
struct RawGraph {
    nodes: Vec<serde_json::Value>,
    edges: Vec<(usize, usize)>,
}

struct Golden {
    name: &'static str,
    size: [usize; 2],
    smallest: [f64; 16],
    largest: [f64; 4],
    sum_of_squares: f64,
}

const GOLDEN: [Golden; 3] = [
    Golden {
        name: "hiaml_best",
        size: [107, 118],
        smallest: [
            0.0, 0.001831, 0.005864, 0.013934, 0.021874, 0.033240, 0.041833, 0.059553, 0.069376,
            0.088235, 0.096889, 0.107764, 0.123566, 0.131043, 0.159878, 0.171773,
        ],
        largest: [1.974915, 1.986817, 1.996658, 1.998487],
        sum_of_squares: 156.0,
    },
    Golden {
        name: "two_path_best",
        size: [56, 58],
        smallest: [
            0.0, 0.009069, 0.013064, 0.033872, 0.049215, 0.060496, 0.084961, 0.102005, 0.127570,
            0.152797, 0.166425, 0.211404, 0.275854, 0.297303, 0.321826, 0.375736,
        ],
        largest: [1.966127, 1.985460, 1.996091, 1.996562],
        sum_of_squares: 83.138889,
    },
    Golden {
        name: "inception_best",
        size: [403, 445],
        smallest: [
            0.0, 0.000256, 0.001885, 0.002167, 0.003489, 0.005068, 0.006308, 0.008086, 0.008193,
            0.008254, 0.012174, 0.017385, 0.017788, 0.020576, 0.021379, 0.023769,
        ],
        largest: [1.993103, 1.997787, 1.997842, 1.997974],
        sum_of_squares: 586.017460,
    },
];

#[test]
fn the_original_graphs_have_their_golden_spectra() {
    for golden in GOLDEN {
        let Some(folder) = shared("the_original_graphs_have_their_golden_spectra") else { return };
        let file = folder.join(format!("golden/{}.json", golden.name));
        let json = std::fs::read_to_string(file).unwrap();
        let RawGraph { nodes, edges } = serde_json::from_str(&json).unwrap();
        assert_eq!([nodes.len(), edges.len()], golden.size, "{}", golden.name);
        let found = laplacian_eigenvalues(nodes.len(), &edges).unwrap();
        assert_near(golden.name, &found, &golden.smallest);
        assert_near(golden.name, &found[nodes.len() - 4..], &golden.largest);
        let sum: f64 = found.iter().sum();
        let squares: f64 = found.iter().map(|value| value * value).sum();
        assert!((sum - nodes.len() as f64).abs() < 1e-9, "{}: sum {sum}", golden.name);
        assert_near(golden.name, &[squares], &[golden.sum_of_squares]);
    }
}

#[test]
fn check_networks_have_the_spectra_of_an_independent_builder() {
    let test = "check_networks_have_the_spectra_of_an_independent_builder";
    let Some(networks) = check_networks(test) else { return };
    for CheckNetwork { architecture, variant, expected } in networks {
        let smallest: Vec<f64> =
            serde_json::from_value(expected["laplacian_smallest"].clone()).unwrap();
        assert_eq!(smallest.len(), 8, "{expected}");
        let found = spectrum(&architecture.build(variant).unwrap()).unwrap();
        assert_near(expected["text"].as_str().unwrap(), &found, &smallest);
    }
}

/// Smallest eigenvalues of one cell each, from the same independent builder.
#[test]
fn known_cells_have_their_spectra() {
    let cases = [
        (
            "nb101",
            r#"{"matrix":[[0,1,1],[0,0,1],[0,0,0]],"ops":["input","conv3x3-bn-relu","output"]}"#,
            [0.0, 0.001693, 0.00673, 0.016192, 0.0256, 0.039131, 0.057535, 0.067689],
        ),
        (
            "nb201",
            "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
            [0.0, 0.000348, 0.00139, 0.003058, 0.005515, 0.00856, 0.012174, 0.01651],
        ),
        (
            "nb201",
            "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
            [0.0, 0.0057, 0.019617, 0.033885, 0.087917, 0.111953, 0.150036, 0.190983],
        ),
    ];
    for (family, text, expected) in cases {
        let family = family::by_name(family).unwrap();
        let graph = family.parse(text).unwrap().build(&family.variants()[0]).unwrap();
        assert_near(text, &spectrum(&graph).unwrap(), &expected);
    }
}
