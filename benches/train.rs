//! Times one gradient step of each stage of training, with the shipped configuration's batches.
//!
//! Multiplied by the steps of an epoch (8,500 networks are 66 steps of 128), it is the time of a
//! pass over the training networks on one thread.

#![allow(clippy::unwrap_used, reason = "a bench ends where it unwraps")]
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{Criterion, criterion_group, criterion_main};
use gennape::family;
use gennape::features::GraphFeatures;
use gennape::fit::contrastive::{SoftTargets, contrastive_loss};
use gennape::fit::optimiser::{AdamW, AdamWConfig};
use gennape::fit::parameters::Parameters;
use gennape::fit::regression::Labels;
use gennape::graph::ComputeGraph;
use gennape::model::batch::{Batch, BatchItem};
use gennape::model::config::Config;
use gennape::model::encoder::Encoder;
use gennape::model::fcm::Fcm;
use gennape::model::heads::weighted_sum;
use gennape::model::network::{Network, memberships, projection};
use gennape::model::statistics::Statistics;
use gennape::train::spectrum::spectra;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// Networks a step, as in configs/default.toml.
const CONTRASTIVE_BATCH: usize = 128;
const REGRESSION_BATCH: usize = 64;
/// The learning rate does not change the time.
const RATE: f64 = 1e-3;

fn generator() -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(5)
}

/// Random cells of NAS-Bench-101, as its benchmark draws them.
fn graphs(n: usize) -> Vec<ComputeGraph> {
    let nb101 = family::by_name("nb101").unwrap();
    let mut rng = generator();
    (0..n).map(|_| nb101.sample(&mut rng).build(&nb101.variants()[0]).unwrap()).collect()
}

fn features(graphs: &[ComputeGraph], config: &Config) -> Vec<GraphFeatures> {
    graphs.iter().map(|graph| GraphFeatures::of(graph, config.features, config.view)).collect()
}

fn batch(features: &[GraphFeatures], config: &Config) -> Batch {
    let statistics = Statistics::of(features.iter().map(|one| &one.scalars));
    let item = |features| BatchItem { features, statistics: &statistics };
    Batch::new(&features.iter().map(item).collect::<Vec<_>>(), config.features).unwrap()
}

fn contrastive(criterion: &mut Criterion) {
    let config = Config::default();
    let graphs = graphs(CONTRASTIVE_BATCH);
    let features = features(&graphs, &config);
    let spectra = spectra(&graphs.iter().collect::<Vec<_>>(), &|| ()).unwrap();
    let ((encoder, projection), parameters) = Parameters::initialise(Box::new(generator()), |vb| {
        Ok((Encoder::new(&config, vb.pp("encoder"))?, projection(&config, vb)?))
    })
    .unwrap();
    let mut optimiser = AdamW::new(AdamWConfig::default());
    criterion.bench_function("contrastive step of 128", |b| {
        b.iter(|| {
            let targets = SoftTargets::from_spectra(&spectra, 8.0);
            let embedding = encoder.forward(&batch(&features, &config)).unwrap();
            let z = projection.forward(&embedding).unwrap();
            let loss = contrastive_loss(&z, &targets, 0.2).unwrap();
            optimiser.step(&parameters, &loss.backward().unwrap(), RATE).unwrap();
        });
    });
}

fn regression(criterion: &mut Criterion) {
    let config = Config::default();
    let graphs = graphs(REGRESSION_BATCH);
    let features = features(&graphs, &config);
    let (network, parameters) =
        Parameters::initialise(Box::new(generator()), |vb| Network::new(&config, 1, vb)).unwrap();
    let embedding = network.embed(&batch(&features, &config)).unwrap();
    let fcm = Fcm::fit(&embedding.to_vec2().unwrap(), &config.fcm, &mut generator()).unwrap();
    let rows: Vec<_> = (0..graphs.len()).map(|idx| vec![Some(idx as f32 / 64.0)]).collect();
    let labels = Labels::new(&rows).unwrap();
    let mut optimiser = AdamW::new(AdamWConfig::default());
    criterion.bench_function("regression step of 64", |b| {
        b.iter(|| {
            let batch = batch(&features, &config);
            let embedding = network.embed(&batch).unwrap();
            let membership = memberships(&fcm, &embedding).unwrap();
            let inputs = network.inputs(&embedding, &batch).unwrap();
            let outputs = network.head_outputs(&inputs).unwrap();
            let predicted = weighted_sum(&outputs, &membership).unwrap();
            let loss = labels.mean_squared_error(&predicted).unwrap();
            optimiser.step(&parameters, &loss.backward().unwrap(), RATE).unwrap();
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = contrastive, regression
}
criterion_main!(benches);
