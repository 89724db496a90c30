#!/usr/bin/env bash
# ./build.sh docs: the library's documentation; a warning is an error.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

need_rust
step docs "write the documentation; a broken link or a missing sentence ends it"
RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --lib
printf 'open target/doc/gennape/index.html\n'
