/**
 * The machines' actions: the verbs that come out of a transition as data. None of them does anything by
 * itself; `run-machine` turns each with its params into the effect of the same name.
 */
import type { EffectBody } from './effects.ts';

/** What the effect `Verb` needs besides its name. */
export type ParamsOf<Verb extends EffectBody['type']> = Omit<Extract<EffectBody, { type: Verb }>, 'type'>;

export const verbs = {
  runPodSandbox: (_: unknown, _params: ParamsOf<'runPodSandbox'>) => {},
  stopPodSandbox: (_: unknown, _params: ParamsOf<'stopPodSandbox'>) => {},
  removePodSandbox: (_: unknown, _params: ParamsOf<'removePodSandbox'>) => {},
  createContainer: (_: unknown, _params: ParamsOf<'createContainer'>) => {},
  startContainer: (_: unknown, _params: ParamsOf<'startContainer'>) => {},
  updateContainerResources: (_: unknown, _params: ParamsOf<'updateContainerResources'>) => {},
  updatePodSandboxResources: (_: unknown, _params: ParamsOf<'updatePodSandboxResources'>) => {},
  stopContainer: (_: unknown, _params: ParamsOf<'stopContainer'>) => {},
  removeContainer: (_: unknown, _params: ParamsOf<'removeContainer'>) => {},
  reopenContainerLog: (_: unknown, _params: ParamsOf<'reopenContainerLog'>) => {},
  execSync: (_: unknown, _params: ParamsOf<'execSync'>) => {},
  httpGet: (_: unknown, _params: ParamsOf<'httpGet'>) => {},
  imageStatus: (_: unknown, _params: ParamsOf<'imageStatus'>) => {},
  pullImage: (_: unknown, _params: ParamsOf<'pullImage'>) => {},
  removeImage: (_: unknown, _params: ParamsOf<'removeImage'>) => {},
  requestToken: (_: unknown, _params: ParamsOf<'requestToken'>) => {},
  mountVolume: (_: unknown, _params: ParamsOf<'mountVolume'>) => {},
  unmountVolume: (_: unknown, _params: ParamsOf<'unmountVolume'>) => {},
};

export type Verb = keyof typeof verbs;

/** Whether an action that came out of a transition is one of the verbs. */
export function isVerb(type: string): type is Verb {
  return Object.hasOwn(verbs, type);
}
