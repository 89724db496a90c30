# Sourced by every script: how a step tells what it does, and how it knows that nothing changed.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

stamps=.stamps

# step NAME TEXT: announces work that takes a while, with its reason.
step() {
  printf '\033[1m==> %s:\033[0m %s\n' "$1" "$2"
}

# unchanged NAME: says that there was nothing to do.
unchanged() {
  printf ' ok  %s: unchanged\n' "$1"
}

# fail TEXT: ends the script with a sentence that names the way out.
fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# digest TEXT PATH...: one hash over TEXT (tool versions) and the names and contents of all files
# under the paths. A path that does not exist counts as empty.
digest() {
  local text=$1
  shift
  {
    printf '%s\n' "$text"
    find "$@" -name node_modules -prune -o -type f -print0 2>/dev/null | sort -z | xargs -0r sha256sum
  } | sha256sum | cut -d' ' -f1
}

# fresh NAME KEY OUTPUT...: true when NAME was last built from KEY and its outputs still stand.
fresh() {
  local stamp=$stamps/$1 key=$2 output
  [[ -f $stamp && $(<"$stamp") == "$key" ]] || return 1
  for output in "${@:3}"; do
    [[ -e $output ]] || return 1
  done
}

# stamp NAME KEY: records that NAME was built from KEY. Call it last.
stamp() {
  mkdir -p "$stamps"
  printf '%s\n' "$2" >"$stamps/$1"
}
