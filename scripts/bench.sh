#!/usr/bin/env bash
# ./build.sh bench: times natively and in Chromium, and the module's sizes. Asserts nothing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

need_rust
need_chromium
bash scripts/pkg.sh

step native "time each stage of a prediction on this machine"
cargo bench --locked --bench predict --bench train
node tools/epochs.mjs
step browser "time whole predictions in Chromium"
node tools/bench-browser.mjs
node tools/bench-file.mjs
bash scripts/page.sh
node tools/bench-map.mjs
node tools/bench-compare.mjs
step size "weigh the modules as a server would send them"
node tools/sizes.mjs pkg/generated/*_bg.wasm
