/** What an inspect of a container does not give back: it lies in a label, so that a later podstep reads it again. */
import type { ContainerStatus, LinuxContainerResources, Mount } from '../../../api/cri.ts';
import { RuntimeError } from '../../port.ts';
import { LABEL_CONFIG } from './labels.ts';

export interface Noted {
  readonly image: string;
  readonly imageRef: string;
  readonly imageId: string;
  readonly mounts: readonly Mount[];
  /** As they were asked for: the OOM score may have been clamped. */
  readonly resources: LinuxContainerResources;
  /** The host's file of the termination message; empty: there is none. */
  readonly terminationFile: string;
}

/** The names by which its status calls the image. */
export type NotedImage = Pick<ContainerStatus, 'image' | 'imageRef' | 'imageId'>;

export function writeNoted(noted: Noted): string {
  return JSON.stringify(noted);
}

/** @throws RuntimeError when the label is not what podstep writes */
export function readNoted(labels: Readonly<Record<string, string>>): Noted {
  const text = labels[LABEL_CONFIG] ?? '';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'resources' in value && 'mounts' in value)
      return value as Noted;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RuntimeError('Unknown', `the label ${LABEL_CONFIG} is not as podstep writes it: ${text}`);
}
