/** The command line as a shell would run it: what it wrote, and how it ended. */
import { dispatch } from '../../src/cli/dispatch.ts';
import type { Language } from '../../src/messages/index.ts';

interface Surroundings {
  readonly language?: Language;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

export async function cli(args: readonly string[], surroundings: Surroundings = {}) {
  const { language = 'en', stdin = '', signal = new AbortController().signal } = surroundings;
  let [out, err] = ['', ''];
  const exitCode = await dispatch(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readStdin: async () => stdin,
    language,
    environment: {},
    isTerminal: false,
    signal,
  });
  return { exitCode, out, err };
}
