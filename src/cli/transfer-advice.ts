/** What to do about a pull or push that failed, by the words of Go and containerd that it failed with. */
import { join } from 'node:path';
import { parseImageName } from '../api/image-name.ts';
import type { MessageKey } from '../messages/index.ts';
import { imageDirectory } from '../runtime/wasm/images/home.ts';
import { type Io, say } from './io.ts';

/** The first that fits. */
const ADVICE: readonly (readonly [words: RegExp, key: MessageKey])[] = [
  [/ENOSPC/, 'store.full'],
  [/no such host|name resolution/, 'transfer.noSuchHost'],
  [/connection refused/, 'transfer.refused'],
  [/HTTP response to HTTPS client/, 'transfer.plainHttp'],
  [/x509|tls:/, 'transfer.certificate'],
  [/timeout|no route to host|network is unreachable|deadline exceeded|EOF|reset by peer/, 'transfer.silent'],
  [/authoriz|denied|\b40[13]\b/i, 'transfer.denied'],
  [/no stand-in for this image/, 'transfer.noStandIn'],
  [/failed to resolve reference .*: not found|manifest unknown|name unknown/, 'transfer.notThere'],
];

/** `note`: why there were no credentials. Undefined where the message itself says what to do. */
export function transferAdvice(
  message: string,
  image: string,
  note: string | undefined,
  io: Pick<Io, 'language' | 'environment'>,
): string | undefined {
  const key = ADVICE.find(([words]) => words.test(message))?.[1];
  if (key === undefined) return undefined;
  if (key === 'transfer.denied' && note !== undefined) return note;
  const name = parseImageName(image);
  const host = name.ok ? (name.name.repository.split('/')[0] ?? '') : image;
  const folder = join(imageDirectory(io.environment), '..', 'certs.d', host);
  return say(io, key, { host, folder });
}
