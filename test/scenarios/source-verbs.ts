/** The commands of scenarios about config sources: manifests on the node, and pages on the network. */
import { MANIFEST_DIRECTORY } from '../../src/kubelet/paths.ts';
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
    return ((await engine.nodeFile(path)) ?? 'no such file').split('\n');
  },
  'remove node file': async (stage, [path = '']) => (await stage.engine()).editNodeFile(path, undefined),
  page: (stage, [url = ''], body) => {
    stage.pages.set(url, body.join('\n'));
  },
};
