//! Times each stage of a prediction, for one network of each family.
//!
//! Parse and build make the graph, features what the encoder sees, the encoder one member's
//! embedding; the last is the whole way from text to answer with the repository's weights.

#![allow(clippy::unwrap_used, reason = "a bench ends where it unwraps")]
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gennape::family;
use gennape::features::GraphFeatures;
use gennape::fit::parameters::Parameters;
use gennape::format;
use gennape::model::batch::{Batch, BatchItem};
use gennape::model::config::Config;
use gennape::model::encoder::Encoder;
use gennape::model::statistics::Statistics;
use gennape::predict::{PredictOptions, Predictor};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

static WEIGHTS: &[u8] = include_bytes!("../www/public/weights/gennape.safetensors");

/// A large cell: as many vertices and edges as NAS-Bench-101 allows.
const NB101: &str = r#"{"matrix":[[0,1,1,1,0,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,1,0,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,0]],"ops":["input","conv1x1-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","conv3x3-bn-relu","maxpool3x3","output"]}"#;

/// The page's first cell.
const NB201: &str = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|";

fn stages(criterion: &mut Criterion) {
    let config = Config::default();
    let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
    // The time of an encoder does not depend on what its weights are.
    let (encoder, _) = Parameters::initialise(rng, |vb| Encoder::new(&config, vb)).unwrap();
    for (name, text) in [("nb101", NB101), ("nb201", NB201)] {
        let variant = &family::by_name(name).unwrap().variants()[0];
        let parsed = format::parse(text).unwrap();
        let graph = parsed.build(variant).unwrap();
        let features = GraphFeatures::of(&graph, config.features, config.view);
        let statistics = Statistics::of([features.scalars].iter());
        let item = BatchItem { features: &features, statistics: &statistics };

        let mut time = |stage: &str, run: &mut dyn FnMut()| {
            criterion
                .bench_with_input(BenchmarkId::new(stage, name), &(), |b, ()| b.iter(&mut *run));
        };
        time("parse", &mut || drop(black_box(format::parse(black_box(text)).unwrap())));
        time("build", &mut || drop(black_box(parsed.build(variant).unwrap())));
        time("features", &mut || {
            drop(black_box(GraphFeatures::of(&graph, config.features, config.view)));
        });
        time("encoder", &mut || {
            let batch = Batch::new(&[item], config.features).unwrap();
            drop(black_box(encoder.forward(&batch).unwrap()));
        });
    }
}

fn whole(criterion: &mut Criterion) {
    criterion.bench_function("load weights", |b| b.iter(|| Predictor::load(WEIGHTS).unwrap()));
    let predictor = Predictor::load(WEIGHTS).unwrap();
    let options = PredictOptions::default();
    for (name, text) in [("nb101", NB101), ("nb201", NB201)] {
        criterion.bench_with_input(BenchmarkId::new("predict", name), &text, |b, text| {
            b.iter(|| predictor.predict(text, &options).unwrap());
        });
    }
}

criterion_group!(benches, stages, whole);
criterion_main!(benches);
