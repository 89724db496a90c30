#!/usr/bin/env bash
# ./build.sh help: what there is to run.
set -euo pipefail

cat <<'TEXT'
gennape: predicts a neural network's accuracy from its graph, natively and in the browser

  ./build.sh serve        build what is missing and open shop on http://localhost:8080
                          PORT=9000 ./build.sh serve chooses another port
  ./build.sh test         every check: format, lints, tests, docs, the WASM module, package and page

Parts of these, each built anew only when its inputs changed:
  ./build.sh build        all three of the following
  ./build.sh wasm         the library as a WebAssembly module, into pkg/generated
  ./build.sh pkg          the npm package, into pkg/dist; then `npm pack ./pkg`
  ./build.sh page         the static page, into dist: any web server can serve it, under any path

While working on it:
  ./build.sh bench        times natively and in Chromium, sizes of the module
  ./build.sh screenshots  pictures of every state of the page, into screenshots; names of states make fewer
  ./build.sh lighthouse   Lighthouse's marks for the built page, on a phone and on a desktop
  ./build.sh docs         the library's documentation, into target/doc
  ./build.sh train DIR    train on the records (*.jsonl.gz) in DIR and export the weights to out/weights
  ./build.sh map          teach the page's weights to place networks, and draw the map of all families anew
  ./build.sh clean        remove all that was built or installed here; out/ is kept

The native program, without this script:
  cargo run --release -- predict '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_3x3~2|'

Needed: Rust 1.95, Node 20.19. The rest is installed into this folder; the compiler's wasm32 target
comes from rustup, or from Debian's packages where the script runs as root.
TEXT
