//! Every change of one term of a genotype: what [`Genotype::mutated`] draws from.

use super::{EdgeOp, Genotype, N_INPUTS, Term};

impl Genotype {
    /// All genotypes with another operation or another source in one term, each with its step in
    /// words. A source stays another one than that of the node's other term.
    pub(in crate::family) fn neighbours(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        for (which, (name, cell)) in self.cells().into_iter().enumerate() {
            for (node, terms) in cell.nodes.iter().enumerate() {
                for (place, old) in terms.iter().enumerate() {
                    let other = terms[1 - place].source;
                    all.extend(changed_terms(*old, other, node).into_iter().map(
                        |(change, term)| {
                            let mut neighbour = self.clone();
                            let cell = match which {
                                0 => &mut neighbour.normal,
                                _ => &mut neighbour.reduce,
                            };
                            cell.nodes[node][place] = term;
                            (
                                format!("{change} in node {} of the {name}", node + N_INPUTS),
                                neighbour,
                            )
                        },
                    ));
                }
            }
        }
        all
    }
}

/// What one term of node `node` may become, where the other one reads state `other`.
fn changed_terms(old: Term, other: usize, node: usize) -> Vec<(String, Term)> {
    let Term { op, source } = old;
    let ops = EdgeOp::ALL.into_iter().take(EdgeOp::N_PUBLISHED).filter(|&new| new != op);
    let ops = ops.map(|new| {
        let change = format!("replace {} of state {source} by {}", op.name(), new.name());
        (change, Term { op: new, source })
    });
    let sources = (0..node + N_INPUTS).filter(|&new| new != source && new != other);
    let sources = sources.map(|new| {
        let change = format!("{} of state {new} instead of state {source}", op.name());
        (change, Term { op, source: new })
    });
    ops.chain(sources).collect()
}
