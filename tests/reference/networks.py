"""References of the networks: graph convolution, residual encoder, heads."""

import numpy as np
import torch
import torch_geometric.nn as pyg
from torch.nn.functional import layer_norm, linear, mse_loss
from torch_geometric.utils import scatter

from inputs import gradients, linear_weights, normal, require_grad, two_graphs

# A ReLU or a maximum closer than this to where it switches could switch in single precision.
SAFE_MARGIN = 1e-4


def safe_relu(value):
    """ReLU of values none of which lies at the kink."""
    assert value.abs().min() > SAFE_MARGIN, "a ReLU sits at its kink: take another seed"
    return torch.relu(value)


def graph_conv():
    """Three layers h = tanh(GraphConv(h)) of PyTorch Geometric, 32 wide, and a mean readout."""
    rng = np.random.default_rng(1)
    n_layers, width = 3, 32
    edges, graph = two_graphs(rng, (5, 7), window=3, n_extra=3)
    x = normal(rng, (12, width)).requires_grad_()
    layers = []
    for _ in range(n_layers):
        lin_rel = linear_weights(rng, width, width)
        layers.append({"lin_rel": lin_rel, "lin_root": linear_weights(rng, width, width, False)})
    require_grad(layers)

    hidden, convolved, activated = x, [], []
    for layer in layers:
        conv = pyg.GraphConv(width, width, aggr="add")
        weights = {f"{part}.{name}": t for part in layer for name, t in layer[part].items()}
        convolved.append(torch.func.functional_call(conv, weights, (hidden, edges.T)))
        hidden = torch.tanh(convolved[-1])
        activated.append(hidden)
    readout = pyg.global_mean_pool(hidden, graph)
    loss = readout.square().sum()
    loss.backward()

    return {
        "about": "PyTorch Geometric's GraphConv (aggr add) and tanh, three times; mean readout; "
        "loss = sum of squares of the readout",
        "config": {"n_layers": n_layers, "width": width, "n_graphs": 2},
        "edges": edges,
        "graph": graph,
        "x": x,
        "layers": layers,
        "convolved": convolved,
        "activated": activated,
        "readout": readout,
        "loss": loss.item(),
        "grad_x": x.grad,
        "grad_layers": gradients(layers),
    }


def encode(x, edges, weights):
    """The residual encoder: the nodes' final values and what lies between."""
    source, target = edges.T
    first, second = weights["input"]
    hidden = linear(safe_relu(linear(x, **first)), **second)
    between = {"embedded": hidden, "joined": [], "hidden": []}
    for layer in weights["layers"]:
        normed = layer_norm(hidden, hidden.shape[1:], eps=1e-5)  # without affine part
        # A node without predecessors (successors) gets zeros: scatter leaves them.
        before = scatter(normed[source], target, dim_size=len(x), reduce="mean")
        after = scatter(normed[target], source, dim_size=len(x), reduce="mean")
        joined = torch.cat([normed, before, after], dim=1)  # [n_nodes, 3 width]
        hidden = hidden + safe_relu(linear(joined, **layer))
        between["joined"].append(joined)
        between["hidden"].append(hidden)
    return layer_norm(hidden, hidden.shape[1:], eps=1e-5), between


def encoder():
    """The encoder of the default configuration on two random graphs of 7 and 9 nodes."""
    rng = np.random.default_rng(2)
    n_layers, d_in, width = 3, 26, 16
    edges, graph = two_graphs(rng, (7, 9), window=3, n_extra=4)
    x = normal(rng, (16, d_in)).requires_grad_()
    weights = require_grad({
        "input": [linear_weights(rng, width, d_in), linear_weights(rng, width, width)],
        "layers": [linear_weights(rng, width, 3 * width) for _ in range(n_layers)],
    })

    nodes, between = encode(x, edges, weights)
    for g in range(2):
        largest, next_one = nodes[graph == g].topk(2, dim=0).values
        assert (largest - next_one).min() > SAFE_MARGIN, "a maximum is shared: take another seed"
    mean, maximum = pyg.global_mean_pool(nodes, graph), pyg.global_max_pool(nodes, graph)
    mean_max = torch.cat([mean, maximum], dim=1)
    loss = mean_max.square().sum()
    loss.backward()

    return {
        "about": "h = Linear(ReLU(Linear(x))); three times h = h + ReLU(W joined + b), joined = "
        "[LN(h), mean over predecessors of LN(h), mean over successors of LN(h)]; nodes = LN(h); "
        "LN without affine part; loss = sum of squares of readout_mean_max",
        "config": {"n_layers": n_layers, "d_in": d_in, "width": width, "n_graphs": 2, "eps": 1e-5},
        "edges": edges,
        "graph": graph,
        "x": x,
        "weights": weights,
        **between,
        "nodes": nodes,
        "readout_mean": mean,
        "readout_mean_max": mean_max,
        "loss": loss.item(),
        "grad_x": x.grad,
        "grad_weights": gradients(weights),
    }


def heads():
    """Four MLP heads of two target columns, weighed by membership, with a masked squared error."""
    rng = np.random.default_rng(5)
    n_heads, d_in, hidden, n_targets, n_graphs = 4, 45, 16, 2, 6
    x = normal(rng, (n_graphs, d_in)).requires_grad_()
    memberships = np.round(rng.dirichlet([0.7] * n_heads, n_graphs), 3)
    memberships[:, -1] = np.round(1.0 - memberships[:, :-1].sum(1), 3)
    labels = normal(rng, (n_graphs, n_targets))
    labels[[1, 4, 4], [0, 0, 1]] = torch.nan  # missing
    sizes = [(hidden, d_in), (hidden, hidden), (n_targets, hidden)]
    weights = [[linear_weights(rng, *size) for size in sizes] for _ in range(n_heads)]
    require_grad(weights)

    outputs = []
    for first, second, third in weights:
        value = safe_relu(linear(safe_relu(linear(x, **first)), **second))
        outputs.append(linear(value, **third))
    outputs = torch.stack(outputs)  # [n_heads, n_graphs, n_targets]
    weighted = torch.einsum("nc,cnt->nt", torch.tensor(memberships), outputs)
    present = ~labels.isnan()
    loss = mse_loss(weighted[present], labels[present])
    loss.backward()

    return {
        "about": "a head is Linear, ReLU, Linear, ReLU, Linear; weighted = sum over heads of "
        "membership * output; loss = mean over the labels that are present of "
        "(weighted - label)^2; a missing label is null",
        "config": {"n_heads": n_heads, "d_in": d_in, "hidden": hidden, "n_targets": n_targets},
        "x": x,
        "memberships": memberships,
        "labels": labels,
        "weights": weights,
        "outputs": outputs,
        "weighted": weighted,
        "loss": loss.item(),
        "grad_x": x.grad,
        "grad_weights": gradients(weights),
    }
