#!/usr/bin/env bash
# ./build.sh test: every check. Goes on after a failed one, so that one run tells all; fails at the end.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

passed=0
failed=()

# check NAME TEXT COMMAND...: runs the command and remembers how it ended.
check() {
  local name=$1 begin=$SECONDS
  step "$name" "$2"
  if "${@:3}"; then
    passed=$((passed + 1))
    printf ' ok  %s: %d s\n' "$name" $((SECONDS - begin))
  else
    failed+=("$name")
    printf 'FAILED  %s: %d s\n' "$name" $((SECONDS - begin))
  fi
}

need_rust_checks
need_node
need_chromium

lint=(cargo clippy --quiet --locked)
check format "the code is formatted by rustfmt" cargo fmt --check
check invariants "each dependency stays where it belongs" bash scripts/invariants.sh
check lints "clippy has no word about the library, the program, the tests and the benches" \
  "${lint[@]}" --all-targets -- -D warnings
check lints-wasm "nor about the part that only JavaScript sees" \
  "${lint[@]}" --lib --no-default-features --features wasm -- -D warnings
check lints-readers "nor about the module that reads files for it" \
  "${lint[@]}" --lib --no-default-features --features wasm-readers -- -D warnings
check core "the library alone compiles, without files, clocks and threads" \
  cargo check --quiet --locked --lib --no-default-features
check tests "unit tests, properties, reference numbers, the command line" cargo test --locked
check docs "the documentation is whole" bash scripts/docs.sh
check pkg "the WASM module and the npm package build" bash scripts/pkg.sh
check pkg-tests "the package, installed into an empty folder, works in Node and in Chromium" \
  npm test --silent --prefix pkg
check page "the page builds" bash scripts/page.sh
check page-tests "the page works in Chromium" npm test --silent --prefix www

printf 'checks: %d passed, %d failed\n' "$passed" "${#failed[@]}"
[[ ${#failed[@]} == 0 ]] || fail "failed: ${failed[*]}"
