#!/usr/bin/env python3
"""Copies the smallest files of export.py and frameworks.py beside the tests, as many as fit in 2 MB.

    tests/onnx/choose.py DIR

Writes `files/*.onnx.gz` and `expected.json`, one line a file. Every network and every way of exporting
comes in with its smallest file first, then the smallest of the rest.
"""

import gzip
import json
import os
import sys

BUDGET = 1_950_000
HERE = os.path.dirname(os.path.abspath(__file__))
WAY = ("exporter", "opset", "weights", "folded", "batch", "reform")


def main(folder):
    expected = {}
    for name in ("expected.json", "expected-tensorflow.json", "expected-paddle.json"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path) as file:
                expected |= json.load(file)["files"]
    packed = {}
    for name in expected:
        with open(os.path.join(folder, name), "rb") as file:
            packed[name] = gzip.compress(file.read(), 9, mtime=0)
    by_size = sorted(expected, key=lambda name: len(packed[name]))
    seen, first, rest = set(), [], []
    for name in by_size:
        entry = expected[name]
        kinds = {("network", entry["network"]), ("way", *(entry.get(key) for key in WAY))}
        (rest if kinds <= seen else first).append(name)
        seen |= kinds
    chosen, total = [], 0
    for name in first + rest:
        if total + len(packed[name]) <= BUDGET:
            total += len(packed[name])
            chosen.append(name)
    target = os.path.join(HERE, "files")
    os.makedirs(target, exist_ok=True)
    for old in os.listdir(target):
        os.remove(os.path.join(target, old))
    for name in chosen:
        with open(os.path.join(target, name + ".gz"), "wb") as file:
            file.write(packed[name])
    with open(os.path.join(HERE, "expected.json"), "w") as out:
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(expected[name])}" for name in sorted(chosen))
        out.write("{\n" + lines + "\n}\n")
    print(f"{len(chosen)} of {len(expected)} files, {total} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: choose.py DIR")
    main(sys.argv[1])
