/** What `podstep images` writes, for tests. */
import type { ImagesIo } from '../../src/cli/images.ts';
import type { Language } from '../../src/messages/index.ts';

export function imagesIo(
  environment: ImagesIo['environment'],
  language: Language = 'en',
): { readonly io: ImagesIo; readonly text: () => { out: string; err: string } } {
  let [out, err] = ['', ''];
  const io: ImagesIo = {
    isTerminal: false,
    language,
    environment,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  };
  return { io, text: () => ({ out, err }) };
}
