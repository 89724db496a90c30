#!/usr/bin/env bash
# ./build.sh page: the static page, into dist.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

bash scripts/wasm.sh
need_packages www

key=$(digest "node $(node --version)" www/scripts/known.mjs www/public/weights pkg/generated)
if fresh known "$key" www/public/known.json; then
  unchanged known
else
  step known "judge the networks that a pasted one is compared with"
  node www/scripts/known.mjs
  stamp known "$key"
fi

mapfile -t sources < <(find www -mindepth 1 -maxdepth 1 -not -name node_modules -not -name dist \
  -not -name 'test*' -not -name playwright-report)
key=$(digest "node $(node --version)" scripts/page.sh pkg/src pkg/generated "${sources[@]}")
if fresh page "$key" dist/index.html; then
  unchanged page
else
  step page "check and bundle the page"
  npm run --silent --prefix www check
  npm run --silent --prefix www build
  stamp page "$key"
fi
