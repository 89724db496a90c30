"""References of the baselines' layers, from PyTorch Geometric."""

import numpy as np
import torch
import torch_geometric.nn as pyg

from inputs import gradients, linear_weights, normal, require_grad, two_graphs
from networks import safe_relu

N_LAYERS, WIDTH = 3, 8


def stacked(seed, draw, convolve):
    """Three layers with a ReLU between, and a mean readout, on two graphs."""
    rng = np.random.default_rng(seed)
    edges, graph = two_graphs(rng, (5, 7), window=3, n_extra=3)
    x = normal(rng, (12, WIDTH)).requires_grad_()
    layers = require_grad([draw(rng) for _ in range(N_LAYERS)])
    hidden, convolved = x, []
    for layer in layers:
        convolved.append(convolve(layer, hidden if not convolved else safe_relu(hidden), edges.T))
        hidden = convolved[-1]
    readout = pyg.global_mean_pool(hidden, graph)
    loss = readout.square().sum()
    loss.backward()
    return {
        "config": {"n_layers": N_LAYERS, "width": WIDTH, "n_graphs": 2},
        "edges": edges,
        "graph": graph,
        "x": x,
        "layers": layers,
        "convolved": convolved,
        "readout": readout,
        "loss": loss.item(),
        "grad_x": x.grad,
        "grad_layers": gradients(layers),
    }


def gcn_conv():
    """PyTorch Geometric's GCNConv, three times."""

    def draw(rng):
        lin = linear_weights(rng, WIDTH, WIDTH, False)
        return {"lin": lin, "bias": linear_weights(rng, WIDTH, WIDTH)["bias"]}

    def convolve(layer, x, edges):
        weights = {"lin.weight": layer["lin"]["weight"], "bias": layer["bias"]}
        return torch.func.functional_call(pyg.GCNConv(WIDTH, WIDTH), weights, (x, edges))

    about = "PyTorch Geometric's GCNConv (self-loops, degrees of the directed edges), ReLU between"
    return {"about": f"{about}; mean readout; loss = sum of its squares", **stacked(12, draw, convolve)}


def gin_conv():
    """PyTorch Geometric's GINConv, three times."""

    def draw(rng):
        return {part: linear_weights(rng, WIDTH, WIDTH) for part in ("hidden", "output")}

    def convolve(layer, x, edges):
        parts = [torch.nn.Linear(WIDTH, WIDTH) for _ in range(2)]
        conv = pyg.GINConv(torch.nn.Sequential(parts[0], torch.nn.ReLU(), parts[1]))
        weights = {
            f"nn.{place}.{name}": tensor
            for place, part in ((0, "hidden"), (2, "output"))
            for name, tensor in layer[part].items()
        }
        return torch.func.functional_call(conv, weights, (x, edges))

    about = "PyTorch Geometric's GINConv (eps 0) of Linear, ReLU, Linear, ReLU between"
    return {"about": f"{about}; mean readout; loss = sum of its squares", **stacked(13, draw, convolve)}
