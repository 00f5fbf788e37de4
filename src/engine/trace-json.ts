/** Steps as JSON, one trace entry a line: the same run gives the same bytes. */
import { formatMicroTime } from '../lib/time.ts';
import type { TraceEntry } from '../machines/trace.ts';
import { type Language, tell } from '../messages/index.ts';
import type { Step } from './types.ts';

/** Field by field, so that the order of keys is that of this list and of nothing else. */
export function entryJson(step: Step, entry: TraceEntry, language: Language): string {
  const { stage, object, machine, key, from, to, event, effects, why, where } = entry;
  return JSON.stringify({
    seq: step.seq,
    elapsedMs: step.elapsedMs,
    time: formatMicroTime(step.atMs),
    stage,
    object: {
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      uid: object.uid,
      container: object.container,
      condition: object.condition,
    },
    machine,
    key,
    from,
    to,
    event,
    effects,
    why: { key: why.key, values: why.values, text: tell(why, language) },
    where: { file: where.file, function: where.function },
  });
}
