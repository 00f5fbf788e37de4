/** The secrets with which a pod's images are pulled. Follows pkg/kubelet/kubelet.go getPullSecretsForPod. */
import type { KubeObject, Pod } from '../../api/types.ts';
import type { Draft } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { failedToRetrieveImagePullSecret } from '../events/texts.ts';
import { kObj, logInfo } from '../log/log.ts';
import { seenObject } from '../objects/object-cache.ts';
import type { KubeletState } from '../state.ts';

interface PullSecrets {
  readonly secrets: readonly KubeObject[];
  /** The names of those that are not there. */
  readonly missing: readonly string[];
}

/** What the informers have seen of the secrets that the pod names. */
export function pullSecretsOf({ objects }: KubeletState, { metadata, spec }: Pod): PullSecrets {
  const names = (spec.imagePullSecrets ?? []).flatMap(({ name = '' }) => (name === '' ? [] : [name]));
  const found = names.map((name) => seenObject(objects, 'Secret', metadata.namespace, name));
  return {
    secrets: found.filter((secret) => secret !== undefined),
    missing: names.filter((_, index) => found[index] === undefined),
  };
}

/** Before containers are started: that some secrets are missing, with each sync anew. */
export function tellMissingPullSecrets(draft: Draft, pod: Pod): void {
  const { missing } = pullSecretsOf(draft.state, pod);
  for (const name of missing) {
    const secret = `${pod.metadata.namespace}/${name}`;
    logInfo(draft, 0, 'kubelet_pods.go', 'Unable to retrieve pull secret, the image pull may not succeed.', {
      pod: kObj(pod),
      secret,
      err: `secret "${name}" not found`,
    });
  }
  if (missing.length > 0) recordEvent(draft, pod, failedToRetrieveImagePullSecret(missing));
}
