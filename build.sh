#!/usr/bin/env bash
# One command for everything: ./build.sh VERB. Each verb is a script of its own in scripts/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

verb=${1:-help}
case $verb in
  serve | build | wasm | page | pkg | test | bench | docs | train | map | screenshots | lighthouse | clean | help)
    exec bash "scripts/$verb.sh" "${@:2}"
    ;;
  -h | --help) exec bash scripts/help.sh ;;
  *)
    printf 'error: unknown verb "%s"; ./build.sh help lists them\n' "$verb" >&2
    exit 2
    ;;
esac
