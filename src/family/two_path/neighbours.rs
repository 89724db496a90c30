//! Every change of a path by one operation, one block or its pair of reducing blocks.

use super::Path;
use crate::family::path_ops;

impl Path {
    /// The valid paths one step away, each with its step in words. A block that is added repeats
    /// the one before it: there are 1,624 others.
    pub(super) fn changes(&self) -> Vec<(String, Self)> {
        let n_blocks = self.blocks.len();
        let mut all = Vec::new();
        for (idx, ops) in self.blocks.iter().enumerate() {
            for (change, ops) in path_ops::changes(ops) {
                let mut path = self.clone();
                path.blocks[idx] = ops;
                all.push((format!("{change} in block {}", idx + 1), path));
            }
            let mut path = self.clone();
            path.blocks.remove(idx);
            all.push((format!("remove block {}", idx + 1), path));
            let mut path = self.clone();
            path.blocks.insert(idx + 1, ops.clone());
            all.push((format!("repeat block {}", idx + 1), path));
        }
        for second in 1..n_blocks {
            for first in 0..second {
                let path = Self { reducing: [first, second], ..self.clone() };
                let change = format!("reduce in blocks {} and {}", first + 1, second + 1);
                all.push((change, path));
            }
        }
        all.retain(|(_, path)| path.is_valid());
        all
    }
}
