"""Seeded inputs of the references: weights, random graphs, and their gradients afterwards.

Everything drawn is rounded to a few decimals before it is used, so that the files hold exactly the
numbers that were computed with.
"""

import numpy as np
import torch


def normal(rng, shape):
    """Standard normal draws, rounded, as a tensor."""
    return torch.tensor(np.round(rng.normal(0.0, 1.0, shape), 3))


def linear_weights(rng, d_out, d_in, bias=True):
    """Weights of a layer, drawn as torch.nn.Linear does: weight [d_out, d_in], bias [d_out]."""
    bound = 1.0 / np.sqrt(d_in)
    layer = {"weight": torch.tensor(np.round(rng.uniform(-bound, bound, (d_out, d_in)), 3))}
    if bias:
        layer["bias"] = torch.tensor(np.round(rng.uniform(-bound, bound, d_out), 3))
    return layer


def random_dag(rng, n_nodes, window, n_extra):
    """Edges u < v, sorted: node v reads one of the `window` nodes before it; `n_extra` more."""
    edges = {(int(rng.integers(max(0, v - window), v)), v) for v in range(1, n_nodes)}
    while n_extra > 0:
        u, v = sorted(int(i) for i in rng.choice(n_nodes, 2, replace=False))
        n_extra -= (u, v) not in edges
        edges.add((u, v))
    return sorted(edges)


def two_graphs(rng, sizes, window, n_extra):
    """Two random graphs as one batch: edges [n_edges, 2] and the graph of each node [n_nodes]."""
    first, second = (random_dag(rng, n, window, n_extra) for n in sizes)
    edges = first + [(u + sizes[0], v + sizes[0]) for u, v in second]
    return torch.tensor(edges), torch.tensor([0] * sizes[0] + [1] * sizes[1])


def require_grad(tree):
    """Marks every tensor in nested dicts and lists as one to differentiate by; returns them."""
    if isinstance(tree, torch.Tensor):
        tree.requires_grad_()
    else:
        for branch in tree.values() if isinstance(tree, dict) else tree:
            require_grad(branch)
    return tree


def gradients(tree):
    """The gradients of the tensors in nested dicts and lists, in the same nesting."""
    if isinstance(tree, torch.Tensor):
        return tree.grad
    if isinstance(tree, dict):
        return {name: gradients(branch) for name, branch in tree.items()}
    return [gradients(branch) for branch in tree]
