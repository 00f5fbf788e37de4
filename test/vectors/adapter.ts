/** The seam between a vector file and the code it is held against: one small adapter a file. */

/** One case of a vector file; `expected` may be read to learn what is asked for, never to echo it. */
export interface VectorCase<Input = unknown, Expected = unknown> {
  readonly name: string;
  readonly source: string;
  /**
   * What kind of case it is: the case's own `group`, else `input.op`, else (for a list beside `cases`,
   * like `sandboxChanged` in compute-pod-actions.json) the list's name, else the empty string.
   */
  readonly group: string;
  readonly input: Input;
  readonly expected: Expected;
  /** Every other field of the case (`condition`, `note`, ...). */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The whole file without its cases: `describes`, `fixtures`, `topologies`, ... */
export type VectorFile = Readonly<Record<string, unknown>>;

/**
 * Feeds the case to the project's function and returns what it gave, in the words of the file's schema.
 * It is compared with `expected` by deep equality; a field that is undefined counts as absent. A thrown
 * error fails the case.
 */
export type RunCase = {
  // A method's parameter may be narrower: an adapter says `(vector: VectorCase<MyInput>) => ...`.
  run(vector: VectorCase, file: VectorFile): unknown;
}['run'];

/** Lives in `adapters/<file's name without .json>.ts` and is its default export. */
export interface VectorAdapter {
  /** By group; a case whose group is not here counts as failed. */
  readonly groups: Readonly<Record<string, RunCase>>;
}
