//! Every change of a stage by one operation, one path, its inner channels or its number of blocks.

use super::{InceptionOp, Path, Role, Stage, inner_widths, text};
use crate::family::path_ops::{self, PathOp};

impl Stage {
    /// The valid stages one step away, each with its step in words, for a stage of `c_out`
    /// channels. A path that is added has one operation.
    pub(super) fn changes(&self, c_out: u32) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        for n_blocks in text::N_BLOCKS {
            let change = format!("{n_blocks} blocks instead of {}", self.n_blocks);
            all.push((change, Self { n_blocks, ..self.clone() }));
        }
        for (idx, path) in self.paths.iter().enumerate() {
            all.extend(path.changes().into_iter().map(|(change, path)| {
                let mut stage = self.clone();
                stage.paths[idx] = path;
                (format!("{change} in path {}", idx + 1), stage)
            }));
            let mut stage = self.clone();
            stage.paths.remove(idx);
            stage.share_out(c_out);
            all.push((format!("remove path {}", idx + 1), stage));
        }
        for op in InceptionOp::ALL.iter().filter(|op| op.role() == Role::Conv) {
            let mut stage = self.clone();
            stage.paths.push(Path::new(vec![*op], c_out));
            stage.share_out(c_out);
            all.push((format!("add a path of {}", op.name()), stage));
        }
        all.retain(|(_, stage)| stage.is_valid());
        all
    }
}

impl Path {
    fn changes(&self) -> Vec<(String, Self)> {
        let of_ops = path_ops::changes(&self.ops).into_iter().map(|(change, ops)| {
            let mut path = Self { ops, ..self.clone() };
            path.settle_inner();
            (change, path)
        });
        let inner = if self.has_inner() { inner_widths(self.c_out) } else { Vec::new() };
        let of_inner = inner.into_iter().map(|c_internal| {
            let change = format!("{c_internal} inner channels instead of {}", self.c_internal);
            (change, Self { c_internal, ..self.clone() })
        });
        of_ops.chain(of_inner).collect()
    }
}
