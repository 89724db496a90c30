//! The native program `gennape`.
fn main() {}
