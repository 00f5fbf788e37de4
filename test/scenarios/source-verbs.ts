/** The commands of scenarios about config sources and the kubelet's own process. */
import { MANIFEST_DIRECTORY } from '../../src/kubelet/paths.ts';
import type { Stage } from './stage.ts';
import type { Verb } from './verbs.ts';

export const sourceVerbs: Readonly<Record<string, Verb>> = {
  manifest: async (stage, [name = ''], body) => {
    const text = `${body.join('\n')}\n`;
    await (await stage.engine()).editNodeFile(`${MANIFEST_DIRECTORY}/${name}`, text);
  },
  'remove manifest': async (stage, [name = '']) => {
    await (await stage.engine()).editNodeFile(`${MANIFEST_DIRECTORY}/${name}`, undefined);
  },
  'node file': async (stage, [path = ''], body) => {
    const engine = await stage.engine();
    if (body.length > 0) return engine.editNodeFile(path, body.join('\n'));
    return ((await engine.nodeFile(path)) ?? 'no such file').trimEnd().split('\n');
  },
  'remove node file': async (stage, [path = '']) => (await stage.engine()).editNodeFile(path, undefined),
  'stop kubelet': async (stage) => (await stage.engine()).stopKubelet(),
  'start kubelet': startKubelet,
  'restart kubelet': startKubelet,
  page: (stage, [url = ''], body) => {
    stage.pages.set(url, body.join('\n'));
  },
};

/** A configuration that was changed meanwhile counts from here on. */
async function startKubelet(stage: Stage): Promise<void> {
  (await stage.engine()).startKubelet(stage.nextConfig);
}
