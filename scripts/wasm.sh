#!/usr/bin/env bash
# ./build.sh wasm: the library as two WebAssembly modules with their JavaScript faces, into pkg/generated.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

out=pkg/generated
bindgen=target/tools/debug/gennape-wasm-bindgen
compiled=target/wasm/wasm32-unknown-unknown/wasm/gennape.wasm

# The version of crate $1 that the lock $2 names.
locked() {
  grep -A 1 "^name = \"$1\"$" "$2" | sed -n 's/^version = "\(.*\)"$/\1/p'
}

build_bindgen() {
  local folder=tools/wasm-bindgen wanted has key
  wanted=$(locked wasm-bindgen Cargo.lock)
  has=$(locked wasm-bindgen-cli-support $folder/Cargo.lock)
  [[ $wanted == "$has" ]] || fail "Cargo.lock has wasm-bindgen $wanted, $folder is made for $has;
  set its dependency to \"=$wanted\" and run: cargo update --manifest-path $folder/Cargo.toml"
  key=$(digest "$(rustc --version)" $folder)
  fresh bindgen "$key" $bindgen && return
  step bindgen "build the tool that writes the module's JavaScript face, in the crate's version $has"
  cargo build --quiet --locked --manifest-path $folder/Cargo.toml --target-dir target/tools
  stamp bindgen "$key"
}

# build_module FEATURE NAME: the module of one of the two faces in src/wasm, with its JavaScript face.
build_module() {
  # A low threshold: the module travels, and inlining more than this made it larger and no quicker.
  RUSTFLAGS='-C target-feature=+simd128 -C llvm-args=-inline-threshold=25' "${wasm_cargo[@]}" rustc --locked --lib \
    --crate-type cdylib --no-default-features --features "$1" --profile wasm \
    --target wasm32-unknown-unknown --target-dir target/wasm "${wasm_flags[@]}"
  $bindgen $compiled target/wasm/generated "$2"
}

optimise_module() {
  local module=target/wasm/generated/$1_bg.wasm
  tools/node_modules/.bin/wasm-opt -Oz --strip-debug --strip-producers "$module" -o "$module.opt"
  mv "$module.opt" "$module"
}

need_wasm32
need_packages tools
build_bindgen

mapfile -t sources < <(find src -mindepth 1 -maxdepth 1 -not -name cli -not -name train)
key=$(digest "$("${wasm_cargo[@]}" --version)" Cargo.toml Cargo.lock scripts/wasm.sh \
  $bindgen tools/package-lock.json "${sources[@]}")
if fresh wasm "$key" $out/gennape_bg.wasm $out/readers_bg.wasm; then
  unchanged wasm
else
  rm -rf target/wasm/generated
  step wasm "compile the library for the browser, so that networks never leave the reader's machine"
  build_module wasm gennape
  step readers "compile the readers of ONNX and Keras, which are fetched when a file wants them"
  build_module wasm-readers readers
  step wasm-opt "make both modules smaller and quicker to start"
  optimise_module gennape
  optimise_module readers
  rm -rf $out
  mkdir -p pkg
  mv target/wasm/generated $out
  ln -sfn ../../pkg/generated www/src/generated # the page's imports
  node tools/sizes.mjs $out/*_bg.wasm
  stamp wasm "$key"
fi
