#!/usr/bin/env bash
# The invariants of ARCHITECTURE.md that a search can check: which word may stand where in src/.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

broken=0

# only PATTERN REASON PLACE...: PATTERN may occur in code only under the places (relative to src/).
only() {
  local pattern=$1 reason=$2 place hits
  local exclude=()
  for place in "${@:3}"; do
    exclude+=(-not -path "src/$place")
  done
  hits=$(find src -name '*.rs' "${exclude[@]}" -exec grep -nHE "^[^/]*($pattern)" {} + || true)
  [[ -z $hits ]] && return
  printf '%s\n%s\n' "$reason:" "$hits"
  broken=$((broken + 1))
}

# at_most LINES: no file is longer, its tests left out.
at_most() {
  local file lines
  while read -r file; do
    lines=$(sed '/^#\[cfg(test)\]/,$d' "$file" | wc -l)
    ((lines <= $1)) && continue
    printf '%s has %d lines before its tests; more than %d hold more than one idea\n' "$file" "$lines" "$1"
    broken=$((broken + 1))
  done < <(find src -name '*.rs')
}

only 'petgraph' 'petgraph is seen only by the graph' 'graph/*'
only 'candle_(core|nn)' 'candle is seen only where tensors are' \
  batch.rs error.rs 'model/*' 'fit/*' 'adapt/*' 'train/*'
only 'wasm_bindgen|js_sys|web_sys' 'JavaScript is seen only by wasm' 'wasm/*'
only '\bclap::|\bclap\b.*;' 'clap is seen only by the arguments' cli/args.rs 'cli/args/*'
only '\bfaer\b|\bbhtsne\b' 'faer and bhtsne are seen only by training' 'train/*'
only 'std::(fs|net|process|env|time)|File::|println!|print!|eprintln!|Instant|SystemTime|thread_rng' \
  'the core does no input or output and reads no clock' main.rs 'cli/*' 'import/*' 'train/*' 'wasm/*'
at_most 400

((broken == 0)) || fail "$broken invariants are broken; ARCHITECTURE.md says why they hold"
