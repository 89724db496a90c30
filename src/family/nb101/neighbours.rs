//! Every change of a cell by one edge, one operation or one vertex.

use super::{Cell, VertexOp};
use crate::family::{Neighbour, Neighbourhood};

impl Cell {
    /// What [`Cell::one_step`] draws from, pruned and within the sizes that it allows.
    pub(super) fn changed_cells(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        let mut add = |change: String, cell: Option<Self>| {
            if let Some(cell) = cell.filter(|cell| self.allows(cell)) {
                all.add(change, Self { n_pruned: 0, ..cell });
            }
        };
        for (idx, old) in self.ops.iter().enumerate() {
            for new in VertexOp::ALL {
                let mut ops = self.ops.clone();
                ops[idx] = new;
                let change =
                    format!("replace {} in vertex {} by {}", old.name(), idx + 1, new.name());
                add(change, Self::pruned(self.matrix.clone(), ops));
            }
        }
        for to in 1..self.n_vertices() {
            for from in 0..to {
                let verb = if self.matrix[from][to] { "remove" } else { "add" };
                let mut matrix = self.matrix.clone();
                matrix[from][to] ^= true;
                let change = format!("{verb} the edge from vertex {from} to vertex {to}");
                add(change, Self::pruned(matrix, self.ops.clone()));
                for op in VertexOp::ALL.into_iter().filter(|_| self.matrix[from][to]) {
                    let place = format!("the edge from vertex {from} to vertex {to}");
                    let change = format!("put {} into {place}", op.name());
                    add(change, self.with_vertex_in([from, to], op));
                }
            }
        }
        all.list()
    }
}
