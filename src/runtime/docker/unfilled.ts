/** Parts that are not there yet: whoever asks them is told so. */
import { RuntimeError } from '../port.ts';

/** Every method fails with Unimplemented and its name. */
export function unfilled<T extends object>(part: string): T {
  return new Proxy({} as T, {
    get(_target, name) {
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return () => Promise.reject(new RuntimeError('Unimplemented', `${part}: ${name}`));
    },
  });
}
