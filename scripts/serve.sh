#!/usr/bin/env bash
# ./build.sh serve: builds what is missing and serves the page; PORT chooses the port.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/build.sh
exec node tools/serve.mjs dist
