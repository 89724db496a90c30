"""Networks of four search spaces as plain PyTorch modules, as their own code builds them.

Each stands for a text that gennape reads: the graph of its ONNX file must be the graph of the text.
Written from the papers' descriptions; sums are taken left to right.
"""

import torch
from torch import nn


def conv(c_in, c_out, k, s=1, groups=1, bias=False, dilation=1):
    pad = dilation * (k // 2)
    return nn.Conv2d(c_in, c_out, k, s, pad, dilation, groups, bias)


def conv_bn(c_in, c_out, k, s=1, act=None, groups=1):
    layers = [conv(c_in, c_out, k, s, groups), nn.BatchNorm2d(c_out)]
    return nn.Sequential(*layers, *([act()] if act else []))


def relu_conv_bn(c_in, c_out, k, s=1):
    return nn.Sequential(nn.ReLU(), conv(c_in, c_out, k, s), nn.BatchNorm2d(c_out))


class Classifier(nn.Module):
    def __init__(self, c_in, classes):
        super().__init__()
        self.pool, self.linear = nn.AdaptiveAvgPool2d(1), nn.Linear(c_in, classes)

    def forward(self, x):
        return self.linear(torch.flatten(self.pool(x), 1))


# NAS-Bench-201

class Nb201Cell(nn.Module):
    def __init__(self, text, c):
        super().__init__()
        self.nodes = [
            [pair.rsplit("~", 1) for pair in node.strip("|").split("|")] for node in text.split("+")
        ]
        make = {
            "nor_conv_3x3": lambda: relu_conv_bn(c, c, 3),
            "nor_conv_1x1": lambda: relu_conv_bn(c, c, 1),
            "avg_pool_3x3": lambda: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
            "skip_connect": nn.Identity,
        }
        self.ops = nn.ModuleDict(
            {f"{to}_{source}": make[op]() for to, node in enumerate(self.nodes) for op, source in node if op != "none"}
        )

    def forward(self, x):
        states = [x]
        for to, node in enumerate(self.nodes):
            terms = [
                self.ops[f"{to}_{source}"](states[int(source)])
                for op, source in node
                if op != "none" and states[int(source)] is not None
            ]
            states.append(sum(terms[1:], terms[0]) if terms else None)
        return states[-1]


class Nb201Reduction(nn.Module):
    def __init__(self, c_in, c):
        super().__init__()
        self.a, self.b = relu_conv_bn(c_in, c, 3, 2), relu_conv_bn(c, c, 3)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2), conv(c_in, c, 1))

    def forward(self, x):
        return self.shortcut(x) + self.b(self.a(x))


def nb201(text, classes=10):
    layers, c_in = [conv_bn(3, 16, 3)], 16
    for c in (16, 32, 64):
        if c != c_in:
            layers.append(Nb201Reduction(c_in, c))
        layers += [Nb201Cell(text, c) for _ in range(5)]
        c_in = c
    return nn.Sequential(*layers, nn.BatchNorm2d(64), nn.ReLU(), Classifier(64, classes))


# NAS-Bench-101

class Nb101Module(nn.Module):
    def __init__(self, matrix, ops, c_in, c_out):
        super().__init__()
        self.matrix, self.ops_names, n = matrix, ops, len(ops)
        channels = [c_in] + [0] * (n - 2) + [c_out]
        feeds = [v for v in range(1, n - 1) if matrix[v][n - 1]]
        for i, v in enumerate(feeds):
            channels[v] = c_out // len(feeds) + (1 if i < c_out % len(feeds) else 0)
        for v in range(n - 3, 0, -1):
            if not matrix[v][n - 1]:
                channels[v] = max(channels[w] for w in range(v + 1, n - 1) if matrix[v][w])
        self.channels, self.feeds = channels, feeds
        cbr = lambda a, b, k: conv_bn(a, b, k, act=nn.ReLU)
        self.projections = nn.ModuleDict(
            {str(v): cbr(c_in, channels[v], 1) for v in range(1, n) if matrix[0][v]}
        )
        kernels = {"conv3x3-bn-relu": 3, "conv1x1-bn-relu": 1}
        self.vertices = nn.ModuleDict({
            str(v): cbr(channels[v], channels[v], kernels[ops[v]])
            if ops[v] in kernels else nn.MaxPool2d(3, 1, 1)
            for v in range(1, n - 1)
        })

    def forward(self, x):
        n, states = len(self.ops_names), {}
        for v in range(1, n - 1):
            terms = [states[u][:, : self.channels[v]] for u in range(1, v) if self.matrix[u][v]]
            if self.matrix[0][v]:
                terms.append(self.projections[str(v)](x))
            states[v] = self.vertices[str(v)](sum(terms[1:], terms[0]))
        if not self.feeds:
            return self.projections[str(n - 1)](x)
        outputs = [states[v] for v in self.feeds]
        y = torch.cat(outputs, 1) if len(outputs) > 1 else outputs[0]
        return y + self.projections[str(n - 1)](x) if self.matrix[0][n - 1] else y


def nb101(matrix, ops):
    layers, c_in = [conv_bn(3, 128, 3, act=nn.ReLU)], 128
    for c in (128, 256, 512):
        if c != 128:
            layers.append(nn.MaxPool2d(2, 2))
        for _ in range(3):
            layers.append(Nb101Module(matrix, ops, c_in, c))
            c_in = c
    return nn.Sequential(*layers, Classifier(512, 10))


# DARTS

class FactorisedReduction(nn.Module):
    def __init__(self, c_in, c):
        super().__init__()
        self.a, self.b = (nn.Conv2d(c_in, c // 2, 1, 2, bias=False) for _ in range(2))
        self.bn = nn.BatchNorm2d(c)

    def forward(self, x):
        x = torch.relu(x)
        return self.bn(torch.cat([self.a(x), self.b(x[:, :, 1:, 1:])], 1))


def darts_op(name, c, s):
    k = int(name[-1]) if name[-1].isdigit() else 0
    if name == "max_pool_3x3":
        return nn.MaxPool2d(3, s, 1)
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, s, 1, count_include_pad=False)
    if name == "skip_connect":
        return nn.Identity() if s == 1 else FactorisedReduction(c, c)
    dilation = 2 if name.startswith("dil") else 1

    def half(stride):
        depthwise = conv(c, c, k, stride, c, dilation=dilation)
        return [nn.ReLU(), depthwise, conv(c, c, 1), nn.BatchNorm2d(c)]

    return nn.Sequential(*half(s), *(half(1) if dilation == 1 else []))


class DartsCell(nn.Module):
    def __init__(self, pairs, concat, c_two_back, c_back, c, is_reduction, was_reduction):
        super().__init__()
        self.first = FactorisedReduction(c_two_back, c) if was_reduction else relu_conv_bn(c_two_back, c, 1)
        self.second = relu_conv_bn(c_back, c, 1)
        self.sources, self.concat = [source for _, source in pairs], concat
        self.ops = nn.ModuleList(
            darts_op(name, c, 2 if is_reduction and source < 2 else 1) for name, source in pairs
        )

    def forward(self, two_back, back):
        states = [self.first(two_back), self.second(back)]
        for i in range(0, len(self.sources), 2):
            one, other = (self.ops[j](states[self.sources[j]]) for j in (i, i + 1))
            states.append(one + other)
        return torch.cat([states[i] for i in self.concat], 1)


class Darts(nn.Module):
    def __init__(self, genotype, c, n_cells):
        super().__init__()
        self.stem = conv_bn(3, 3 * c, 3)
        c_two_back, c_back, was_reduction, cells = 3 * c, 3 * c, False, []
        for i in range(n_cells):
            is_reduction = i in (n_cells // 3, 2 * n_cells // 3)
            c *= 2 if is_reduction else 1
            kind = "reduce" if is_reduction else "normal"
            concat = genotype[f"{kind}_concat"]
            cells.append(DartsCell(genotype[kind], concat, c_two_back, c_back, c, is_reduction, was_reduction))
            c_two_back, c_back, was_reduction = c_back, len(concat) * c, is_reduction
        self.cells, self.classifier = nn.ModuleList(cells), Classifier(c_back, 10)

    def forward(self, x):
        two_back = back = self.stem(x)
        for cell in self.cells:
            two_back, back = back, cell(two_back, back)
        return self.classifier(back)


# OFA-MobileNetV3

def div8(value):
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


class SqueezeExcite(nn.Module):
    def __init__(self, c):
        super().__init__()
        squeezed = div8(c // 4)
        self.reduce, self.expand = conv(c, squeezed, 1, bias=True), conv(squeezed, c, 1, bias=True)
        self.gate = nn.Hardsigmoid()

    def forward(self, x):
        y = x.mean((2, 3), keepdim=True)
        return x * self.gate(self.expand(torch.relu(self.reduce(y))))


class MbConv(nn.Module):
    def __init__(self, c_in, c_out, k, e, s, act, has_se):
        super().__init__()
        middle = c_in if e is None else div8(c_in * e)
        layers = [] if e is None else [conv_bn(c_in, middle, 1, act=act)]
        layers.append(conv_bn(middle, middle, k, s, act, middle))
        layers += [SqueezeExcite(middle)] if has_se else []
        self.layers = nn.Sequential(*layers, conv_bn(middle, c_out, 1))
        self.has_skip = s == 1 and c_in == c_out

    def forward(self, x):
        return self.layers(x) + x if self.has_skip else self.layers(x)


def ofa_mbv3(ks, e, d, r):
    layers = [conv_bn(3, 16, 3, 2, nn.Hardswish), MbConv(16, 16, 3, None, 1, nn.ReLU, False)]
    stages = [
        (24, 2, nn.ReLU, False), (40, 2, nn.ReLU, True), (80, 2, nn.Hardswish, False),
        (112, 1, nn.Hardswish, True), (160, 2, nn.Hardswish, True),
    ]
    c_in = 16
    for i, (c, s, act, has_se) in enumerate(stages):
        for j in range(d[i]):
            slot = 4 * i + j
            layers.append(MbConv(c_in, c, ks[slot], e[slot], s if j == 0 else 1, act, has_se))
            c_in = c
    layers += [conv_bn(160, 960, 1, act=nn.Hardswish), nn.AdaptiveAvgPool2d(1)]
    layers += [conv(960, 1280, 1), nn.Hardswish(), nn.Flatten(), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers)
