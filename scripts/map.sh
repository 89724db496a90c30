#!/usr/bin/env bash
# ./build.sh map: teaches the page's weights to place networks on the map, and makes the page's points
# and the figure of docs/results.md anew. Once after every change of the weights; a few minutes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

weights=www/public/weights/gennape.safetensors

need_rust
cargo build --locked --profile fast --bin gennape
step map "draw networks of every family, lay them out, learn where new ones belong"
target/fast/gennape map --weights $weights --to $weights --out out/map
mkdir -p www/public/map
cp out/map/points.bin www/public/map/points.bin
cp out/map/map.svg docs/images/map.svg
