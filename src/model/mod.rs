//! What predicts: encoder, fuzzy clusters, heads, label transforms, and the weights' file.
//!
//! Stands on [`crate::features`]; knows neither families nor files. Every layer is one file with
//! its equation; a network is built by the same code from random numbers (training) and from a
//! safetensors file (prediction), through candle's `VarBuilder`.

pub mod batch;
pub mod config;
pub mod dense;
pub mod encoder;
pub mod ensemble;
pub mod fcm;
pub mod gcn_conv;
pub mod general;
pub mod gin_conv;
pub mod graph_conv;
pub mod heads;
pub mod label;
pub mod layer_norm;
pub mod map;
pub mod metadata;
pub mod network;
pub mod novelty;
mod packed;
pub mod pairwise;
pub mod plain_encoder;
pub mod residual;
pub mod segment_max;
pub mod sparse;
pub mod statistics;
mod stored;
pub mod target;
pub mod transfer;
pub mod weights;
