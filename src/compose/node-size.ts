/** The node's size as people write it: `memory=384Mi disk=2Gi`. */
import { parseQuantity } from '../api/quantity/parse.ts';
import { quantityValue } from '../api/quantity/scale.ts';
import type { NodeSize } from '../cluster/node.ts';

const NAMES: Readonly<Record<string, keyof NodeSize>> = {
  memory: 'memoryBytes',
  disk: 'diskBytes',
  'image-disk': 'imageDiskBytes',
  inodes: 'inodes',
  pids: 'maxPID',
};

/** The words that a size is told in. */
export const NODE_SIZE_NAMES: readonly string[] = Object.keys(NAMES);

/** Each amount is a positive quantity; undefined when one is not, or names nothing. */
export function parseNodeSize(amounts: readonly string[]): NodeSize | undefined {
  const sizes: [string, number][] = [];
  for (const amount of amounts) {
    const [word = '', text = '', ...rest] = amount.split('=');
    const name = Object.hasOwn(NAMES, word) ? NAMES[word] : undefined;
    const parsed = parseQuantity(text);
    if (name === undefined || !parsed.ok || rest.length > 0) return undefined;
    const value = quantityValue(parsed.quantity);
    if (value <= 0) return undefined;
    sizes.push([name, value]);
  }
  return Object.fromEntries(sizes);
}
