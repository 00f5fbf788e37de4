/** `wasi:random`. */
import type { Process } from '../process/process.ts';
import { RANDOM_LIMIT_BYTES } from '../thread/random.ts';

export function randomImports(process: Process): Record<string, Record<string, unknown>> {
  const { random } = process.container.world;
  const bytes = (length: bigint) => {
    if (length > BigInt(RANDOM_LIMIT_BYTES)) throw new Error('unreachable: too many random bytes at once');
    process.hostCall(Number(length));
    return random.bytes(Number(length));
  };
  const uint64 = () => {
    process.hostCall();
    return random.uint64();
  };
  return {
    'wasi:random/random': { getRandomBytes: bytes, getRandomU64: uint64 },
    'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: uint64 },
    'wasi:random/insecure-seed': { insecureSeed: () => [uint64(), uint64()] },
  };
}
