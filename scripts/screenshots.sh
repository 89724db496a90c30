#!/usr/bin/env bash
# ./build.sh screenshots [STATE...]: pictures of every state of the page, light and dark, phone and desktop,
# into screenshots (not committed). Look at all of them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

bash scripts/page.sh
need_packages www
need_chromium
step screenshots "show what the page looks like"
npm run --silent --prefix www screenshots -- "$PWD/dist" "$@"
