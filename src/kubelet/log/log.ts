/**
 * The kubelet's own log. Whatever the real kubelet logs at a decision, the same line is logged here, in the
 * words, with the keys and at the verbosity of the real call; a log line makes no turn visible.
 */
import type { Pod } from '../../api/types.ts';
import type { KlogRecord, KlogSeverity, KlogValue } from '../../lib/klog.ts';
import type { Owner } from '../../machines/effects.ts';
import type { Draft } from '../draft.ts';

export type LogValues = Readonly<Record<string, KlogValue>>;

const OWNER: Owner = { podUid: '', key: 'log', object: { kind: 'Node', name: '', uid: '' } };

function write(draft: Draft, severity: KlogSeverity, record: Omit<KlogRecord, 'severity'>): void {
  // It has no outcome and takes no number, so that a run at another verbosity is otherwise the same run.
  draft.effects.push({ type: 'writeLog', record: { severity, ...record }, id: 0, owner: OWNER });
}

/**
 * `klog.V(verbosity).InfoS(message, ...values)` in `file` of the real kubelet (`kubelet.go`). Written only where
 * `logging.verbosity` of the configuration is at least `verbosity`.
 */
export function logInfo(
  draft: Draft,
  verbosity: number,
  file: string,
  message: string,
  values: LogValues = {},
): void {
  if (draft.state.config.logging.verbosity < verbosity) return;
  write(draft, 'I', { file, message, values, structured: true });
}

/** `klog.ErrorS(err, message, ...values)`; without an error (Go's nil) the line has no `err`. */
export function logError(
  draft: Draft,
  file: string,
  error: string | undefined,
  message: string,
  values: LogValues = {},
): void {
  const told: LogValues = error === undefined ? values : { err: error, ...values };
  write(draft, 'E', { file, message, values: told, structured: true });
}

/** `klog.Errorf`: a plain sentence. */
export function logErrorText(draft: Draft, file: string, message: string): void {
  write(draft, 'E', { file, message, values: {}, structured: false });
}

/** `klog.KObj`: `default/web`. */
export function kObj({ metadata }: Pick<Pod, 'metadata'>): string {
  const { namespace, name } = metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** The two keys that most lines about a pod begin with. */
export function podKeys(pod: Pod): { readonly pod: string; readonly podUID: string } {
  return { pod: kObj(pod), podUID: pod.metadata.uid };
}
