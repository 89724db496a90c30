//! The classes that a pickle may name. They are never imported: each is a word to branch on.

/// What stands for a Python class or function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Class {
    /// `collections.OrderedDict`: a dict.
    OrderedDict,
    /// `builtins.range`: its numbers.
    Range,
    /// `builtins.set`: a list.
    Set,
    /// `_codecs.encode`: bytes, which protocol 2 writes as Latin-1 text.
    Encode,
    /// numpy's `scalar`: a number.
    Scalar,
    /// numpy's `dtype`.
    Dtype,
    /// DARTS' named tuple, whichever module defines it.
    Genotype,
    /// GENNAPE's graph.
    ComputeGraph,
    /// A node of it without weights.
    RegularNode,
    /// A node of it with weights.
    WeightedNode,
}

const GRAPHS: &str = "model_src.comp_graph.tf_comp_graph";

impl Class {
    /// The class called `name` in `module`, if it is on the list.
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("builtins" | "__builtin__", "range" | "xrange") => Self::Range,
            ("builtins" | "__builtin__", "set") => Self::Set,
            ("_codecs", "encode") => Self::Encode,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Self::Scalar,
            ("numpy", "dtype") => Self::Dtype,
            (_, "Genotype") => Self::Genotype,
            (GRAPHS, "ComputeGraph") => Self::ComputeGraph,
            (GRAPHS, "RegularNode") => Self::RegularNode,
            (GRAPHS, "WeightedNode") => Self::WeightedNode,
            _ => return None,
        })
    }
}
