/** What a container leaves to be told of its end, in the file that its pod names. */
import { TERMINATION_MESSAGE } from '../../../api/termination-message.ts';
import { type Location, walk } from '../fs/tree.ts';
import { ResultError } from '../host/result.ts';

/** The end of the termination message file; empty when there is none. */
export function terminationMessage(root: Location, filePath: string): string {
  try {
    const { node } = walk(root, root, filePath, true);
    if (node?.kind !== 'file') return '';
    const file = node.open({ write: false, truncate: false });
    const from = Math.max(0, file.sizeBytes() - TERMINATION_MESSAGE.containerBytes);
    const bytes = file.read(from, TERMINATION_MESSAGE.containerBytes);
    file.close();
    return Buffer.from(bytes).toString('utf8');
  } catch (error) {
    if (error instanceof ResultError) return '';
    throw error;
  }
}
