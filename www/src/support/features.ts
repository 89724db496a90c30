// What a browser must have. Chrome 91, Firefox 114 and Safari 16.4 have all of it.

/** A module with one SIMD instruction: (func (result v128) (i8x16.splat (i32.const 0))). */
const SIMD_MODULE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
);

/** The things this browser lacks, in words; empty where it has all. */
export function missingFeatures(): string[] {
  const hasWasm = typeof WebAssembly === 'object' && typeof WebAssembly.validate === 'function';
  const checks = [
    { name: 'WebAssembly', isThere: hasWasm },
    { name: 'WebAssembly SIMD', isThere: hasWasm && WebAssembly.validate(SIMD_MODULE) },
    { name: 'Web Workers', isThere: typeof Worker === 'function' },
  ];
  return checks.filter(({ isThere }) => !isThere).map(({ name }) => name);
}
