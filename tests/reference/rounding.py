"""How values are written: plain lists of numbers of 8 significant digits, row-major."""

import math

import numpy as np
import torch


def plain(value):
    """The value as JSON writes it; a number that is undefined or missing becomes null."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().numpy())
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(branch) for name, branch in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(branch) for branch in value]
    if isinstance(value, float):  # NumPy's float64 too
        if math.isnan(value):
            return None
        return 0.0 if abs(value) < 1e-14 else float(f"{value:.8g}")
    return value
