"""Parameters and multiply-adds of a PyTorch module, counted by PyTorch's own dispatch.

The module runs on the meta device, so nothing is computed. Convolutions, dense layers and products
of two activations (attention) are kept apart; bias additions are no multiply-adds.
"""

import copy
import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


class Counter(TorchDispatchMode):
    """Sums the multiply-adds of what runs inside of it."""

    def __init__(self):
        super().__init__()
        self.macs = {"conv": 0, "linear": 0, "product": 0}

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        packet = function._overloadpacket
        if packet is aten.convolution:
            x, weight, transposed = args[0], args[1], args[6]
            # a weight holds [out, in / groups, window], transposed [in, out / groups, window]
            positions = math.prod((x if transposed else result).shape[2:]) * x.shape[0]
            self.macs["conv"] += weight.numel() * positions
        elif packet is aten.mm:
            self.macs["linear"] += args[0].shape[-1] * result.numel()
        elif packet is aten.addmm:
            self.macs["linear"] += args[1].shape[-1] * result.numel()
        elif packet in (aten.bmm, aten.baddbmm):
            left = args[0] if packet is aten.bmm else args[1]
            self.macs["product"] += left.shape[-1] * result.numel()
        elif "scaled_dot_product" in str(packet):
            query, key, value = args[:3]
            scores = math.prod(query.shape[:-1]) * key.shape[-2]
            self.macs["product"] += scores * (query.shape[-1] + value.shape[-1])
        return result


def count(module, size):
    """`params`, `macs` (convolutions and dense layers) and `macs_product` at height x width `size`."""
    meta = copy.deepcopy(module).to("meta").eval()
    counter = Counter()
    with torch.no_grad(), counter:
        meta(torch.zeros(1, 3, *size, device="meta"))
    return {
        "params": sum(p.numel() for p in module.parameters()),
        "macs": counter.macs["conv"] + counter.macs["linear"],
        "macs_product": counter.macs["product"],
    }
