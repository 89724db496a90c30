#!/usr/bin/env bash
# fuzz/run.sh [SECONDS [TARGET...]]: fuzz each reader for a while, from the test files as seeds.
# Wants nightly Rust and `cargo install cargo-fuzz`. What it finds goes to fuzz/artifacts/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-600}
targets=("${@:2}")
((${#targets[@]})) || mapfile -t targets < <(cargo +nightly fuzz list)

# seed TARGET FILE...: the files as first inputs of TARGET, unpacked.
seed() {
  local file name
  mkdir -p "corpus/$1"
  for file in "${@:2}"; do
    name=corpus/$1/$(basename "$file")
    case $file in
      *.gz) gzip -dc "$file" >"${name%.gz}" ;;
      *.pbz2) bzip2 -dc "$file" >"${name%.pbz2}" ;;
      *) cp "$file" "$name" ;;
    esac
  done
}

# The examples of docs/formats.md, one file each.
examples() {
  mkdir -p "corpus/$1"
  awk -v folder="corpus/$1" '
    /^```/ { inside = !inside; n += inside; next }
    inside { print > (folder "/example-" n ".txt") }' ../docs/formats.md
}

shopt -s nullglob
examples text
examples json
examples records
seed json ../tests/keras/*.json.gz ../tests/import/gennape.json
seed onnx ../tests/onnx/files/*.onnx.gz
seed weights ../www/public/weights/*.safetensors
seed import_nasbench101 ../tests/import/nasbench101.tfrecord
seed import_nats_bench ../tests/import/nats/0*.pbz2
seed import_gennape_json ../tests/import/gennape.json
seed import_gennape_cache ../tests/import/gennape_cache.pkl
seed import_csv ../tests/import/table.csv

failed=()
for target in "${targets[@]}"; do
  echo "$target: $seconds s"
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -timeout=20 -report_slow_units=20 -rss_limit_mb=2048 \
    -max_len=2000000 -print_final_stats=1 2>&1 | tee "$target.log" | grep -E '^stat::number|ERROR|SUMMARY|panicked' || true
  [[ -n $(ls "artifacts/$target" 2>/dev/null) ]] && failed+=("$target")
done
((${#failed[@]} == 0)) || { echo "found something: ${failed[*]}; see fuzz/artifacts" >&2; exit 1; }
