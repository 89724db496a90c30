//! What the once-for-all families share: image sides, the coding of subnets, stages of bottlenecks.
//!
//! Their supernets are trained once; a text names a subnet of one, which runs with the supernet's
//! weights. Paper: Cai et al., Once-for-All, ICLR 2020, and its code.

mod bottlenecks;
mod coding;
mod side;
mod subnet;

pub(super) use self::bottlenecks::{Stage, add_bottlenecks, div8};
pub(super) use self::coding::{n_stages_of, read_lists, read_pair, write_lists, write_pair};
pub(super) use self::side::{Side, Sides};
pub(super) use self::subnet::{Space, Subnet, inherit_stage, repeat_last, resize};
