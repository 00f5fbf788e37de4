/** What can be wrong with a manifest: Kubernetes' own words, the place, and what to do about it. */
import type { MessageKey, Told } from '../../messages/index.ts';

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One mistake in a manifest, as a value. */
export interface ManifestError extends Position {
  /** The file's name as it was given. */
  readonly file: string;
  /** The field's path in its object, `spec.containers[0].image`; empty for what concerns the whole document. */
  readonly path: string;
  /** In the words of Kubernetes' own parser or API server; not translated. */
  readonly message: string;
  /** What the reader can do, to be told in their language. */
  readonly advice?: Told<MessageKey>;
}

/** `pod.yaml:12:3: message`, the form that editors and terminals make a link of. */
export function formatManifestError(error: ManifestError): string {
  return `${error.file}:${error.line}:${error.column}: ${error.message}`;
}
