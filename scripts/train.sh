#!/usr/bin/env bash
# ./build.sh train DIR: trains on the records (*.jsonl.gz) in DIR and exports the weights.
# Goes on where an interrupted run stopped.
set -euo pipefail

[[ $# == 1 && -d $1 ]] || {
  printf 'usage: ./build.sh train DIR, where DIR holds the records (nb101.jsonl.gz ...)\n' >&2
  exit 2
}
data=$(realpath "$1")
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

run=out/train
need_rust
step train "train on $data into $run; Ctrl-C stops after the step and a second call goes on"
resume=()
[[ ! -d $run ]] || resume=(--resume)
cargo run --locked --profile fast -- train \
  --config configs/default.toml --data "$data" --out "$run" "${resume[@]}"
cargo run --locked --profile fast -- export --run "$run" --out out/weights/gennape.safetensors
