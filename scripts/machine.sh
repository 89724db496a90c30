# Sourced by the steps that need tools: makes sure that the machine has what a step needs, or says how to get it.
# Everything here can be called again at no cost. As root on Debian or Ubuntu it installs packages;
# otherwise it touches nothing outside of this folder and rustup's.
# shellcheck shell=bash
# shellcheck disable=SC2034  # wasm_cargo and wasm_flags are for wasm.sh

source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

rust_version=1.95
node_version=20.19

# at_least VERSION MINIMUM: compares dotted numbers.
at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# with_apt PACKAGE...: installs Debian packages; false where that is not possible.
with_apt() {
  [[ $(id -u) == 0 ]] && have apt-get || return 1
  step apt "install $* with apt-get, being root"
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_rust() {
  have cargo && at_least "$(rustc --version | cut -d' ' -f2)" "$rust_version"
}

need_rust() {
  has_rust && return
  if have rustup; then
    fail "Rust $rust_version or newer is needed; run: rustup update stable"
  fi
  with_apt rustc-web cargo-web || true
  has_rust || fail "Rust $rust_version or newer is needed; get it from https://rustup.rs"
}

has_rust_checks() {
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1
}

# rustfmt and clippy come apart from the compiler.
need_rust_checks() {
  need_rust
  has_rust_checks && return
  if have rustup; then
    rustup component add rustfmt clippy || true
  else
    with_apt rustfmt-web rust-web-clippy || true
  fi
  has_rust_checks ||
    fail "rustfmt and clippy are needed; run: rustup component add rustfmt clippy"
}

has_node() {
  have npm && at_least "$(node --version | tr -d v)" "$node_version"
}

need_node() {
  has_node && return
  have node || with_apt nodejs npm || true
  has_node || fail "Node $node_version or newer with npm is needed; get it from https://nodejs.org"
}

# need_packages DIR: the npm packages that DIR's lock names.
need_packages() {
  local dir=$1 name=npm-${1//\//-} key
  need_node
  key=$(digest "node $(node --version)" "$dir/package.json" "$dir/package-lock.json")
  fresh "$name" "$key" "$dir/node_modules" && return
  step "$dir/node_modules" "install the npm packages that $dir/package-lock.json names"
  npm ci --prefix "$dir" --no-fund --no-audit --loglevel=error
  stamp "$name" "$key"
}

# need_chromium: sets and exports CHROMIUM, the browser that the tests drive.
need_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    have "$name" && break
  done
  have "$name" || with_apt chromium || true
  have "$name" || name=chromium
  have "$name" || fail "Chromium is needed for the browser tests; run: apt-get install chromium"
  CHROMIUM=$(command -v "$name")
  export CHROMIUM
}

# need_wasm32: sets wasm_cargo, the command that compiles for the browser, and wasm_flags.
need_wasm32() {
  need_rust
  wasm_cargo=(cargo)
  wasm_flags=()
  has_wasm32_target && return
  if ! has_debian_wasm32 && have rustup; then
    step rustup "add the wasm32 target to the compiler"
    rustup target add wasm32-unknown-unknown || true
    has_wasm32_target && return
  fi
  has_debian_wasm32 || with_apt rustc-web cargo-web rust-web-src lld || true
  has_debian_wasm32 || fail "no compiler here makes WebAssembly; run: rustup target add wasm32-unknown-unknown
  or, as root on Debian: apt-get install rustc-web cargo-web rust-web-src lld"
  # Debian ships the standard library's source for this target: cargo builds it along.
  wasm_cargo=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld /usr/bin/cargo)
  wasm_flags=(-Z "build-std=std,panic_abort")
}

has_wasm32_target() {
  [[ -d $(rustc --print target-libdir --target wasm32-unknown-unknown) ]]
}

has_debian_wasm32() {
  [[ -x /usr/bin/rustc && -x /usr/bin/cargo ]] && have wasm-ld &&
    at_least "$(/usr/bin/rustc --version | cut -d' ' -f2)" "$rust_version" &&
    [[ -d $(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library ]]
}
