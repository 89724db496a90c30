//! Order without labels: networks that learned another family, and a prior that learned nothing.
//!
//! What a network learned of branching cells does not hold for chains of layers, where size says
//! more (DESIGN.md, "Who speaks for a family without labels?"). `gate` says who is to be believed,
//! `prior` what is said before anything was learned, `order` puts both together for a set of
//! networks, `known` for a single one of which there is no set. All of it works on graphs' numbers and on statistics of them; no label is needed.

mod gate;
mod known;
mod order;
mod prior;

pub use gate::{Gate, parallelism};
pub use known::{Known, Ranks, Transfer, TwoLabels, others, typical};
pub use order::{Side, joined, score, sides};
pub use prior::prior;
