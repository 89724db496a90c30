//! Reference files as tensors, networks with the references' weights, and what agreement means.

use std::collections::BTreeMap;

use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use gennape::Result;
use gennape::features::{FeatureSet, GraphFeatures, N_PROFILE, N_SCALARS};
use gennape::fit::parameters::Parameters;
use gennape::model::batch::{Batch, BatchItem};
use gennape::model::statistics::Statistics;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

/// No number may differ by more than this share of its tensor's largest absolute value, or of 1.
const TOLERANCE: f64 = 1e-5;

/// Tensors by name.
pub(crate) type Tensors = BTreeMap<String, Tensor>;

/// `tests/reference/NAME.json`.
pub(crate) fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// All numbers of nested lists, row by row.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(items) => items.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().unwrap()],
    }
}

/// Nested lists as a tensor; a number as one without dimensions.
pub(crate) fn tensor(value: &Value) -> Tensor {
    let mut shape = Vec::new();
    let mut inner = value;
    while let Some(items) = inner.as_array() {
        shape.push(items.len());
        inner = &items[0];
    }
    let values = numbers(value).into_iter().map(|x| x as f32).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// The weights of `{"weight": .., "bias": ..}` under `name`.
pub(crate) fn named(name: &str, layer: &Value) -> Tensors {
    let parts = layer.as_object().unwrap().iter();
    parts.map(|(part, values)| (format!("{name}.{part}"), tensor(values))).collect()
}

/// What `build` makes of exactly these weights, and the weights as parameters.
pub(crate) fn build<T>(
    weights: &Tensors,
    build: impl FnOnce(VarBuilder<'_>) -> Result<T>,
) -> (T, Parameters) {
    let rng = Box::new(Pcg64Mcg::seed_from_u64(0));
    let (built, parameters) = Parameters::initialise(rng, build).unwrap();
    let names: Vec<_> = parameters.iter().map(|(name, _)| name).collect();
    assert_eq!(names, weights.keys().collect::<Vec<_>>());
    parameters.set("", weights).unwrap();
    (built, parameters)
}

/// The batch of a reference's `edges` and `graph`, its node features all zero.
pub(crate) fn batch(reference: &Value) -> Batch {
    let graph_of = numbers(&reference["graph"]);
    let edges = numbers(&reference["edges"]);
    let n_graphs = reference["config"]["n_graphs"].as_u64().unwrap();
    let graphs: Vec<_> = (0..n_graphs)
        .map(|graph| {
            let n_nodes = graph_of.iter().filter(|of| **of == graph as f64).count();
            let first = graph_of.iter().position(|of| *of == graph as f64).unwrap();
            let own =
                edges.chunks_exact(2).filter(|edge| graph_of[edge[0] as usize] == graph as f64);
            let edges =
                own.map(|edge| (edge[0] as u32 - first as u32, edge[1] as u32 - first as u32));
            GraphFeatures {
                n_nodes,
                nodes: vec![0.0; n_nodes * FeatureSet::ScaleFree.n_columns()],
                edges: edges.collect(),
                scalars: [0.0; N_SCALARS],
                profile: [0.0; N_PROFILE],
            }
        })
        .collect();
    let statistics = Statistics::of(std::iter::empty());
    let items: Vec<_> =
        graphs.iter().map(|features| BatchItem { features, statistics: &statistics }).collect();
    Batch::new(&items, FeatureSet::ScaleFree).unwrap()
}

/// Fails unless both tensors have one shape and agree within the tolerance.
pub(crate) fn assert_close(what: &str, got: &Tensor, expected: &Tensor) {
    assert_eq!(got.dims(), expected.dims(), "shape of {what}");
    let flat = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let (got, expected) = (flat(got), flat(expected));
    let largest = expected.iter().fold(1.0_f64, |most, x| most.max(f64::from(x.abs())));
    for (at, (got, expected)) in got.into_iter().zip(expected).enumerate() {
        let error = (f64::from(got) - f64::from(expected)).abs() / largest;
        assert!(error <= TOLERANCE, "{what}: {got} instead of {expected} at {at}");
    }
}

/// Fails unless every parameter has the gradient that is expected under its name.
pub(crate) fn assert_gradients(parameters: &Parameters, got: &GradStore, expected: &Tensors) {
    for (name, parameter) in parameters.iter() {
        let gradient = got.get(parameter).unwrap_or_else(|| panic!("no gradient of {name}"));
        assert_close(&format!("gradient of {name}"), gradient, &expected[name]);
    }
}
