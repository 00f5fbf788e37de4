/** Verbs about the node: the other nodes beside it, its runtime's troubles, and a cordon. */
import type { Stage } from './stage.ts';
import type { Verb } from './verbs.ts';

async function cordon(stage: Stage, unschedulable: boolean): Promise<void> {
  const engine = await stage.engine();
  const node = await stage.object('node/node-1');
  engine.apply({ ...node, spec: { ...(node.spec as object), unschedulable } });
}

export const nodeVerbs: Readonly<Record<string, Verb>> = {
  peers: (stage, names) => stage.configure({ peers: names }),
  network: async (stage, [word]) => {
    if (word !== 'up' && word !== 'down') throw new Error(`network up or network down, not ${word}`);
    (await stage.engine()).faults.setNetworkReady(word === 'up');
  },
  hang: async (stage, [call = '', word]) => {
    (await stage.engine()).faults.setHanging(call, word !== 'over');
  },
  cordon: (stage) => cordon(stage, true),
  uncordon: (stage) => cordon(stage, false),
};
