/** A row of the support table. */
import type { Message } from '../../messages/catalogue.ts';

/**
 * - `honoured`: it does what Kubernetes documents.
 * - `inert`: accepted and kept; it speaks to a part that a lone node does not have (a scheduler, a service
 *   account controller), so leaving it aside changes nothing that the kubelet does.
 * - `warned`: not honoured; `apply` says so in a warning.
 * - `stuck`: the kubelet cannot go on without it: the pod waits, with an event that names the reason.
 */
export type Support = 'honoured' | 'inert' | 'warned' | 'stuck';

/** What a runtime makes of a field. */
export interface RuntimeSupport {
  readonly support: Support;
  readonly note?: Message;
}

/** The runtimes that the table has a column for. */
export type TableRuntime = 'wasm' | 'docker';

export interface FieldSupport {
  /** Path below the Pod; `[]` stands for every item, a last `.*` for everything below. */
  readonly path: string;
  readonly wasm: Support;
  /** Of the wasm runtime. */
  readonly note?: Message;
  /** Left out: as on wasm. */
  readonly docker?: RuntimeSupport;
}

/** The field's row for one runtime. */
export function supportOn(field: FieldSupport, runtime: TableRuntime): RuntimeSupport {
  if (runtime === 'docker' && field.docker !== undefined) return field.docker;
  return field.note === undefined ? { support: field.wasm } : { support: field.wasm, note: field.note };
}

/** A remark in both languages. */
export const note = (en: string, zh: string): Message => ({ en, zh });
