#!/usr/bin/env bash
# ./build.sh clean: removes all that was built or installed in this folder. Runs in out/ are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rm -rf target dist .stamps pkg/{dist,generated,weights,node_modules,LICENSE-*} \
  www/{dist,node_modules,test-results} tools/node_modules tools/lighthouse/node_modules screenshots
