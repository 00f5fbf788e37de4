/** What a ConfigMap or a Secret holds, by key. */
import type { KubeObject } from '../../api/types.ts';
import { decodeBase64 } from '../../lib/base64.ts';

/** Texts, and bytes in base64. */
export interface KeyedData {
  readonly text: Readonly<Record<string, string>>;
  readonly base64: Readonly<Record<string, string>>;
}

const texts = (value: unknown) => (value ?? {}) as Readonly<Record<string, string>>;

/** As a volume holds it: every key a file. */
export function keyedDataOf(object: KubeObject | undefined): KeyedData | undefined {
  if (object === undefined) return undefined;
  if (object.kind === 'Secret') return { text: {}, base64: texts(object.data) };
  return { text: texts(object.data), base64: texts(object.binaryData) };
}

/** As variables hold it: texts alone. A ConfigMap's `binaryData` never becomes a variable. */
export function variablesOf(object: KubeObject | undefined): Readonly<Record<string, string>> | undefined {
  const data = keyedDataOf(object);
  if (data === undefined || object?.kind !== 'Secret') return data?.text;
  return Object.fromEntries(Object.entries(data.base64).map(([key, value]) => [key, decodeBase64(value)]));
}
