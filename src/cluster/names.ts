/** Names that the API server makes up: for `generateName`, and for events. */
import { nextUint32, type RandomState } from '../lib/random.ts';

/** No vowels, no look-alikes: what k8s.io/apimachinery util/rand writes names with. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** `base` and five random characters (apiserver storage/names, simpleNameGenerator). */
export function generateName(base: string, state: RandomState): [name: string, state: RandomState] {
  const room = 63 - 5;
  let name = base.slice(0, room);
  let random = state;
  for (let i = 0; i < 5; i++) {
    const [word, next] = nextUint32(random);
    random = next;
    name += ALPHABET[word % ALPHABET.length] ?? '';
  }
  return [name, random];
}
