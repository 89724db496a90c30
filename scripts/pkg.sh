#!/usr/bin/env bash
# ./build.sh pkg: the npm package, ready for `npm pack ./pkg`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

weights=www/public/weights/gennape.safetensors

bash scripts/wasm.sh
need_packages pkg

key=$(digest "" scripts/pkg.sh pkg/src pkg/package.json pkg/package-lock.json pkg/tsconfig.json \
  pkg/generated $weights LICENSE-MIT LICENSE-APACHE)
if fresh pkg "$key" pkg/dist/index.js pkg/weights pkg/LICENSE-MIT pkg/LICENSE-APACHE; then
  unchanged pkg
else
  step pkg "compile the package's TypeScript and lay weights and licences beside it"
  rm -rf pkg/dist pkg/weights
  npm run --silent --prefix pkg build
  mkdir -p pkg/weights
  [[ -f $weights ]] || fail "$weights is missing; train some: ./build.sh train DIR"
  cp $weights pkg/weights/
  cp LICENSE-MIT LICENSE-APACHE pkg/
  stamp pkg "$key"
fi
