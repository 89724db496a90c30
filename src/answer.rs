//! What a line of a list gets for an answer: a prediction, or what is wrong with the line.
//!
//! Stands on [`crate::predict`]. The program prints answers one a line, the page sorts them; both
//! carry the same fields.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::format::listed::Listed;
use crate::format::record::Id;
use crate::note::Note;
use crate::predict::{PredictOptions, Prediction, Predictor};

/// A line's name and what came of it.
#[derive(Debug)]
pub struct Answer {
    /// The name.
    pub id: Id,
    /// What came of it.
    pub result: Result<Prediction>,
}

/// The fields that every answer has, in the order of JSON: `id` and a summary, or `id` and `error`.
#[derive(Debug, Serialize)]
pub struct Short<'a> {
    id: &'a Id,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Predicted(Summary<'a>),
    Failed { error: Fault<'a> },
}

#[derive(Debug, Serialize)]
struct Summary<'a> {
    accuracy: f64,
    low: f64,
    high: f64,
    target: &'a str,
    family: &'a Option<String>,
    params: u64,
    macs: u64,
    nodes: usize,
    edges: usize,
    novelty: f64,
    notes: &'a [Note],
}

#[derive(Debug, Serialize)]
struct Fault<'a> {
    kind: ErrorKind,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

impl Answer {
    /// The answer to a line.
    pub fn of(predictor: &Predictor, listed: Listed, options: &PredictOptions) -> Self {
        let predict = |network| predictor.predict_parsed(&network, options);
        Self { id: listed.id, result: listed.network.and_then(predict) }
    }

    /// Its fields in short.
    pub fn short(&self) -> Short<'_> {
        let outcome = match &self.result {
            Ok(prediction) => Outcome::Predicted(Summary::of(prediction)),
            Err(error) => Outcome::Failed { error: Fault::of(error) },
        };
        Short { id: &self.id, outcome }
    }
}

impl<'a> Summary<'a> {
    fn of(prediction: &'a Prediction) -> Self {
        Self {
            accuracy: prediction.accuracy,
            low: prediction.low,
            high: prediction.high,
            target: &prediction.target,
            family: &prediction.family,
            params: prediction.params,
            macs: prediction.macs,
            nodes: prediction.nodes,
            edges: prediction.edges,
            novelty: prediction.novelty,
            notes: &prediction.notes,
        }
    }
}

impl<'a> Fault<'a> {
    fn of(error: &'a Error) -> Self {
        Self {
            kind: error.kind(),
            message: error.message(),
            line: error.place().map(|place| place.line),
            column: error.place().map(|place| place.column),
        }
    }
}
