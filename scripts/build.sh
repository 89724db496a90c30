#!/usr/bin/env bash
# ./build.sh build: the WASM module, the npm package and the page.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/wasm.sh
bash scripts/pkg.sh
bash scripts/page.sh
