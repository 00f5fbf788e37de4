/**
 * One cause, one effect: nothing is asked for again that is under way, or that has been done once and for all.
 * A dead record has several who remove it (the deletor, the collector, a sync), each for its own reason.
 */
import type { ContainerStatus } from '../../src/api/cri.ts';
import type { Effect } from '../../src/machines/effects.ts';
import type { KubeletEvent } from '../../src/machines/events.ts';
import { hold } from './hold.ts';

/** What an effect is about; undefined for those that may be asked for at any time. */
function causeOf(effect: Effect): { readonly key: string; readonly onceForAll: boolean } | undefined {
  switch (effect.type) {
    case 'startContainer':
      return { key: effect.containerId, onceForAll: true };
    case 'createContainer': {
      const { name, attempt } = effect.config.metadata;
      return { key: `${effect.sandboxId}/${name}/${attempt}`, onceForAll: true };
    }
    case 'runPodSandbox': {
      const { uid, attempt } = effect.config.metadata;
      return { key: `${uid}/${attempt}`, onceForAll: true };
    }
    case 'stopContainer':
      return { key: `${effect.containerId}/${effect.timeoutSeconds}`, onceForAll: false };
    case 'readTerminationMessage':
      return { key: effect.containerId, onceForAll: false };
    case 'mountVolume':
    case 'unmountVolume':
      return { key: `${effect.volume.podUid}/${effect.volume.volumeName}`, onceForAll: false };
    case 'pullImage':
    case 'patchPodStatus':
    case 'deletePod':
      return { key: effect.owner.key, onceForAll: false };
    default:
      return undefined;
  }
}

export class Causes {
  readonly #underWay = new Map<string, number>();
  readonly #byId = new Map<number, { readonly key: string; readonly onceForAll: boolean }>();
  readonly #done = new Set<string>();
  readonly #robbed = new Set<string>();

  onEffect(effect: Effect): void {
    const cause = causeOf(effect);
    if (cause === undefined) return;
    const key = `${effect.type} ${cause.key}`;
    hold(
      !this.#underWay.has(key),
      `${key} is asked for once: it is under way as #${this.#underWay.get(key)}`,
    );
    const isRobbed = this.#robbed.has(key.slice(0, key.lastIndexOf('/') + 1));
    hold(isRobbed || !this.#done.has(key), `${key} is asked for once: it is done`);
    this.#underWay.set(key, effect.id);
    this.#byId.set(effect.id, { key, onceForAll: cause.onceForAll });
  }

  /** A container's record was taken away: its number may be given again, and is no longer once for all. */
  recordRemoved({ podSandboxId, metadata }: ContainerStatus): void {
    this.#robbed.add(`createContainer ${podSandboxId}/${metadata.name}/`);
  }

  /** The kubelet that asked is gone; what it asked for may still happen. */
  forgetUnderWay(): void {
    this.#underWay.clear();
    this.#byId.clear();
  }

  onOutcome(event: Extract<KubeletEvent, { type: 'EffectSucceeded' | 'EffectFailed' }>): void {
    const cause = this.#byId.get(event.effectId);
    if (cause === undefined) return;
    this.#byId.delete(event.effectId);
    this.#underWay.delete(cause.key);
    if (cause.onceForAll && event.type === 'EffectSucceeded') this.#done.add(cause.key);
  }
}
