"""Writes the reference numbers that the Rust tests compare with, one JSON file each, beside itself.

They come from PyTorch, PyTorch Geometric, SciPy, scikit-learn, scikit-fuzzy and networkx; none of
gennape's own code takes part. README.md has the commands, the versions and every key. Everything is
computed in double precision on one thread from fixed seeds: a second run writes the same bytes.
"""

import json
import warnings
from pathlib import Path

import torch

warnings.filterwarnings("ignore", message="`torch.jit.script` is deprecated")  # PyG's own use

import baselines  # noqa: E402
import boosting  # noqa: E402
import fuzzy_clusters  # noqa: E402
import gaussian  # noqa: E402
import networks  # noqa: E402
import scores  # noqa: E402
import spectra  # noqa: E402
import training  # noqa: E402
from rounding import plain  # noqa: E402

REFERENCES = [
    networks.graph_conv,
    networks.encoder,
    networks.heads,
    baselines.gcn_conv,
    baselines.gin_conv,
    training.contrastive,
    training.optimiser,
    fuzzy_clusters.fcm,
    gaussian.gaussian_process,
    scores.metrics,
    scores.labels,
    spectra.laplacian,
    boosting.trees,
]


def write(name, reference):
    """Writes one reference, one top-level key a line."""
    lines = []
    for key, value in reference.items():
        text = json.dumps(plain(value), separators=(",", ":"), allow_nan=False)
        lines.append(f"{json.dumps(key)}:{text}")
    path = Path(__file__).with_name(f"{name}.json")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for make in REFERENCES:
        write(make.__name__, make())
