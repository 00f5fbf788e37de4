/**
 * Tells the engine that the fuel check's branch is hardly ever taken, so that the code for it is laid out apart and
 * the loop keeps its registers: the branch hinting section of the core specification (metadata.code.branch_hint).
 */
import { encodedName, uleb, Writer } from './bytes.ts';

const SECTION_NAME = 'metadata.code.branch_hint';
const CUSTOM = 0;
const UNLIKELY = [1, 0];

/** The unlikely branches of one function. */
export interface Hints {
  readonly functionIndex: number;
  /** Where the `if` opcodes are, in ascending order, in bytes from the start of the function's locals. */
  readonly offsets: readonly number[];
}

/** The section as a whole, to stand before the code; functions in ascending order. */
export function branchHintSection(hints: readonly Hints[]): Uint8Array {
  const contents = new Writer().append(encodedName(SECTION_NAME)).append(uleb(hints.length));
  for (const { functionIndex, offsets } of hints) {
    contents.append(uleb(functionIndex)).append(uleb(offsets.length));
    for (const offset of offsets) contents.append(uleb(offset)).append(UNLIKELY);
  }
  return new Writer()
    .append([CUSTOM, ...uleb(contents.length)])
    .append(contents.bytes())
    .bytes();
}
