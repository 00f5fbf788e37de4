/** Beside the transpiler: what its sources were when it was built, for the name of what it makes (written by test/tidy/transpiled.test.ts). */

/** The first hexadecimal digits of the SHA-256 of transpile.ts and all that it imports, at any depth. */
export const TRANSPILE_SOURCES = 'b5f631c0f96e';
