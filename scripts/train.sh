#!/usr/bin/env bash
# ./build.sh train DIR: trains on the records (*.jsonl.gz) in DIR and makes the shipped weights anew.
# Goes on where an interrupted run stopped.
set -euo pipefail

[[ $# == 1 && -d $1 ]] || {
  printf 'usage: ./build.sh train DIR, where DIR holds the records (nb101.jsonl.gz ...)\n' >&2
  exit 2
}
data=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

need_rust
# The weights say which commit made them, with a + where the program is not quite that one.
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[[ $commit == unknown ]] || git diff --quiet HEAD -- src Cargo.toml Cargo.lock || commit+=+
export GENNAPE_COMMIT=${GENNAPE_COMMIT:-$commit}
cargo build --locked --profile fast --bin gennape

# weights NAME FILE [FLAG...]: trains configs/NAME.toml (or goes on with it) and exports it.
weights() {
  local run=out/train/$1 resume=()
  step "train $1" "on $data into $run; Ctrl-C stops after the step, a second call goes on"
  [[ ! -f $run/config.toml ]] || resume=(--resume)
  # One thread a member: its weights then do not depend on what runs beside it.
  RAYON_NUM_THREADS=1 target/fast/gennape train --config "configs/$1.toml" --data "$data" \
    --out "$run" --threads "$(nproc)" "${resume[@]}"
  target/fast/gennape export --run "$run" --data "$data" --open-test --to "www/public/weights/$2" "${@:3}"
}

weights default gennape.safetensors
bash scripts/map.sh # the page's weights also say where networks lie on the map
weights nb101 nb101.safetensors
weights transfer transfer.safetensors --other-families
