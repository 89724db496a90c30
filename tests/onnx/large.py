#!/usr/bin/env python3
"""Writes an ONNX file of about 600 MB, most of it the numbers of four convolutions.

    tests/onnx/large.py FILE

The numbers are zeros that take no room on the disk. `/usr/bin/time -v gennape inspect FILE` shows what
reading such a file costs; docs/formats.md has the figures. Needs nothing but Python.
"""

import sys

CHANNELS, N_LAYERS, CLASSES = 2048, 4, 1000


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def number(field, n):
    return varint(field << 3) + varint(n)


def field(field, *payloads):
    """A field of bytes, text or a message."""
    data = b"".join(p.encode() if isinstance(p, str) else p for p in payloads)
    return varint(field << 3 | 2) + varint(len(data)) + data


def node(op, inputs, output, *attributes):
    return field(1, *(field(1, name) for name in inputs), field(2, output), field(4, op), *attributes)


def ints(name, values):
    return field(5, field(1, name), *(number(8, n) for n in values), number(20, 7))


def value(number_of_field, name, dims):
    shape = field(2, *(field(1, number(1, n)) for n in dims))
    return field(number_of_field, field(1, name), field(2, field(1, number(1, 1), shape)))


def weight(name, dims):
    """An initialiser without its numbers, and how many bytes those take."""
    n_bytes = 4
    for n in dims:
        n_bytes *= n
    head = b"".join(number(1, n) for n in dims) + number(2, 1) + field(8, name)
    head += varint(9 << 3 | 2) + varint(n_bytes)
    return varint(5 << 3 | 2) + varint(len(head) + n_bytes) + head, n_bytes


def main(path):
    nodes = [node("Conv", ["x", "w0"], "a0")]
    weights = [weight("w0", [CHANNELS, 3, 1, 1])]
    for i in range(1, N_LAYERS + 1):
        nodes.append(node("Conv", [f"a{i - 1}", f"w{i}"], f"c{i}", ints("pads", [1, 1, 1, 1])))
        nodes.append(node("Relu", [f"c{i}"], f"a{i}"))
        weights.append(weight(f"w{i}", [CHANNELS, CHANNELS, 3, 3]))
    nodes.append(node("GlobalAveragePool", [f"a{N_LAYERS}"], "pool"))
    nodes.append(node("Flatten", ["pool"], "flat"))
    nodes.append(node("MatMul", ["flat", "v"], "y"))
    weights.append(weight("v", [CHANNELS, CLASSES]))
    ends = value(11, "x", [1, 3, 56, 56]) + value(12, "y", [1, CLASSES])
    structure = b"".join(nodes) + field(2, "large") + ends
    n_bytes = len(structure) + sum(len(head) + n for head, n in weights)
    with open(path, "wb") as out:
        out.write(number(1, 8) + field(8, number(2, 17)) + varint(7 << 3 | 2) + varint(n_bytes) + structure)
        for head, n in weights:
            out.write(head)
            out.seek(n, 1)
        out.truncate()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: large.py FILE")
    main(sys.argv[1])
