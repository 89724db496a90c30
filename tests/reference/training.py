"""References of training: the contrastive loss, and AdamW with clipping and its schedule."""

import numpy as np
import scipy.optimize
import torch
from torch.nn.functional import linear, mse_loss, normalize

from inputs import linear_weights, normal, require_grad


def contrastive():
    """The contrastive loss on soft targets from spectra, their temperature by bisection."""
    rng = np.random.default_rng(3)
    n, tau, perplexity = 16, 0.2, 8.0
    z = normal(rng, (n, 16)).requires_grad_()
    eigenvalues = np.round(np.sort(rng.uniform(0.0, 2.0, (n, 21)), axis=1), 4)
    eigenvalues[:, 0] = 0.0
    distance = torch.tensor(np.linalg.norm(eigenvalues[:, None] - eigenvalues[None], axis=2))
    itself = torch.eye(n, dtype=torch.bool)

    def targets(temperature):
        return torch.softmax((-distance / temperature).masked_fill(itself, -torch.inf), dim=1)

    def entropy(alpha):
        return torch.special.entr(alpha).sum(1)

    def surplus(temperature):
        return entropy(targets(temperature)).exp().mean().item() - perplexity

    temperature = scipy.optimize.bisect(surplus, 1e-3, 1e3, xtol=1e-14, rtol=1e-14)
    alpha = targets(temperature)
    unit = normalize(z, dim=1)
    log_p = torch.log_softmax((unit @ unit.T / tau).masked_fill(itself, -torch.inf), dim=1)
    loss = -(alpha * log_p.masked_fill(itself, 0.0)).sum(1).mean()
    loss.backward()

    return {
        "about": "loss = mean over i of - sum over l != i of alpha[i][l] log(exp(cos(z_i, z_l) / "
        "tau) / sum over r != i of exp(cos(z_i, z_r) / tau)); alpha[i] = softmax over l != i of "
        "-distance[i][l] / temperature, distance Euclidean between rows of eigenvalues; "
        "temperature is such that the mean of row_perplexity = exp(entropy of alpha[i]) is "
        "perplexity; floor = mean entropy of alpha[i], in nats",
        "tau": tau,
        "perplexity": perplexity,
        "eigenvalues": eigenvalues,
        "z": z,
        "distance": distance,
        "temperature": temperature,
        "alpha": alpha,
        "row_perplexity": entropy(alpha).exp(),
        "loss": loss.item(),
        "floor": entropy(alpha).mean().item(),
        "grad_z": z.grad,
    }


def learning_rate(step, n_steps, maximum):
    """Linear warm-up over the first 15 % of the steps, then a cosine to zero."""
    warm = 0.15 * n_steps
    if step < warm:
        return maximum * (step + 1) / warm
    return maximum * 0.5 * (1.0 + np.cos(np.pi * (step - warm) / (n_steps - warm)))


def optimiser():
    """Twenty steps of AdamW with clipping and the schedule on a least-squares problem."""
    rng = np.random.default_rng(9)
    n_steps, lr, clip = 20, 2e-3, 2.0
    # Even steps see small numbers, odd ones large: some gradients are clipped, some are not.
    scale = torch.tensor([0.3, 2.0]).repeat(n_steps // 2)[:, None, None]
    x, y = ((normal(rng, (n_steps, 3, d)) * scale).round(decimals=4) for d in (4, 2))
    weights = require_grad(linear_weights(rng, 2, 4))
    initial = {name: tensor.detach().clone() for name, tensor in weights.items()}
    adam = {"lr": lr, "weight_decay": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8}
    adamw = torch.optim.AdamW(weights.values(), **adam, foreach=False)

    steps = []
    for t in range(n_steps):
        step_lr = adamw.param_groups[0]["lr"] = learning_rate(t, n_steps, lr)
        adamw.zero_grad()
        loss = mse_loss(linear(x[t], **weights), y[t])
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(weights.values(), clip).item()
        adamw.step()
        after = {name: tensor.detach().clone() for name, tensor in weights.items()}
        steps.append({"lr": step_lr, "loss": loss.item(), "grad_norm": norm, **after})
    assert 4 < sum(step["grad_norm"] > clip for step in steps) < 16

    return {
        "about": "step t = 0, 1, ..: lr = maximum * (t + 1) / warm while t < warm, else maximum * "
        ".5 (1 + cos(pi (t - warm) / (n - warm))), warm = .15 n; loss = mean of "
        "(x[t] weight^T + bias - y[t])^2 before the step; grad_norm = norm over all parameters "
        "before clipping, gradients times min(1, clip / (grad_norm + 1e-6)); AdamW with decay of "
        "all parameters; weight and bias after the step",
        "config": {**adam, "clip": clip, "warm_up": 0.15, "n_steps": n_steps},
        "x": x,
        "y": y,
        "initial": initial,
        "steps": steps,
        "schedule_of_40": [learning_rate(t, 40, lr) for t in range(40)],
    }
