/** The names and labels of what podstep makes, as cri-dockerd has them (core/naming.go, core/labels.go), and its own mark. */
import type { ContainerMetadata, PodSandboxMetadata } from '../../../api/cri.ts';
import { LABEL } from '../../../api/cri.ts';
import { RuntimeError } from '../../port.ts';

/** cri-dockerd's labels. */
export const LABEL_TYPE = 'io.kubernetes.docker.type';
export const LABEL_SANDBOX_ID = 'io.kubernetes.sandbox.id';
export const LABEL_LOG_PATH = 'io.kubernetes.container.logpath';
/** Annotations are labels with this in front, as Docker has no annotations. */
const ANNOTATION_PREFIX = 'annotation.';

/** podstep's mark on every container, network and image that it makes: the node's owner (`DockerNode.owner`). */
export const LABEL_OWNER = 'dev.podstep.owner';
/** Facts of the config that an inspect does not give back, as JSON. */
export const LABEL_CONFIG = 'dev.podstep.config';

export type DockerType = 'podsandbox' | 'container';

type Texts = Readonly<Record<string, string>>;

/** Labels and annotations of the config, and those that say what it is. */
export function labelsOf(
  owner: string,
  type: DockerType,
  { labels, annotations }: { readonly labels: Texts; readonly annotations: Texts },
  more: Texts,
): Record<string, string> {
  const noted = Object.entries(annotations).map(([key, value]) => [ANNOTATION_PREFIX + key, value]);
  return {
    ...labels,
    ...(Object.fromEntries(noted) as Texts),
    ...more,
    [LABEL_TYPE]: type,
    [LABEL_OWNER]: owner,
  };
}

const OWN_LABELS = new Set<string>([LABEL_TYPE, LABEL_SANDBOX_ID, LABEL_LOG_PATH, LABEL_OWNER, LABEL_CONFIG]);

/** The config's labels and annotations again. */
export function readLabels(all: Texts): { readonly labels: Texts; readonly annotations: Texts } {
  const labels: Record<string, string> = {};
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) {
    if (key.startsWith(ANNOTATION_PREFIX)) annotations[key.slice(ANNOTATION_PREFIX.length)] = value;
    else if (!OWN_LABELS.has(key)) labels[key] = value;
  }
  return { labels, annotations };
}

/** What the Engine is asked for when all of this node's are listed. */
export function ownerFilter(
  owner: string,
  more: readonly string[] = [],
): { readonly label: readonly string[] } {
  return { label: [`${LABEL_OWNER}=${owner}`, ...more] };
}

const SEPARATOR = '_';
const PREFIX = 'k8s';
const SANDBOX_NAME = 'POD';

/** `k8s_POD_<pod>_<namespace>_<uid>_<attempt>`: a second one of the same name is refused by the Engine. */
export function sandboxName({ name, namespace, uid, attempt }: PodSandboxMetadata): string {
  return [PREFIX, SANDBOX_NAME, name, namespace, uid, attempt].join(SEPARATOR);
}

/** `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`. */
export function containerName(container: ContainerMetadata, pod: PodSandboxMetadata): string {
  return [PREFIX, container.name, pod.name, pod.namespace, pod.uid, container.attempt].join(SEPARATOR);
}

/** Reads a name of either kind; the sandbox's own is `POD`. @throws RuntimeError for a name that podstep does not give */
export function parseName(text: string): {
  readonly container: ContainerMetadata;
  readonly pod: PodSandboxMetadata;
} {
  const parts = text.replace(/^\//, '').split(SEPARATOR);
  const [prefix, container, name, namespace, uid, attemptText, ...rest] = parts;
  const attempt = Number(attemptText);
  if (
    prefix !== PREFIX ||
    !container ||
    !name ||
    !namespace ||
    !uid ||
    rest.length > 0 ||
    !Number.isInteger(attempt)
  )
    throw new RuntimeError('Unknown', `"${text}" is no name of a pod's container`);
  return { container: { name: container, attempt }, pod: { name, namespace, uid, attempt } };
}

/** The UID of the pod that a container of either kind belongs to. */
export function podUidOf(labels: Texts): string {
  return labels[LABEL.podUid] ?? '';
}
