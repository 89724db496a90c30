#!/usr/bin/env bash
# ./build.sh lighthouse: what Lighthouse says of the built page; 95 at least. Not a part of ./build.sh test:
# its figures depend on what else the machine does.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

bash scripts/page.sh
need_packages tools/lighthouse
need_chromium
step lighthouse "judge speed, accessibility and good practice as a stranger would"
node tools/lighthouse/run.mjs
