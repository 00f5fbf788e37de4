/** Steps as lines of text: what happened when, to what, why, and where the real kubelet does it. */
import type { CoreEvent, ObjectReference } from '../api/types.ts';
import type { TraceEntry } from '../machines/trace.ts';
import { type Language, tell } from '../messages/index.ts';
import { displayWidth } from './display-width.ts';
import type { LogNotice, Step } from './types.ts';

/** Columns: time, stage, object, transition. What is longer pushes the rest of its line aside. */
export const WIDTHS = { time: 10, stage: 11, object: 26, transition: 50 } as const;

/** `+1.250s`, `+61.000s`: seconds since the engine started, always with three decimals. */
export function elapsedText(elapsedMs: number): string {
  return `+${(elapsedMs / 1000).toFixed(3)}s`;
}

/** `pod/web`, and the name of the container, or of the node's condition, when it is about one. */
export function objectText({ kind, name, container, condition }: ObjectReference): string {
  const part = container ?? condition;
  const object = `${kind.toLowerCase()}/${name}`;
  return part === undefined ? object : `${object} ${part}`;
}

/** A machine as a line names it; a volume's with the volume's name, for a pod has several. */
export function machineText({ machine, key }: TraceEntry): string {
  return machine === 'volume' ? `volume ${key?.split('/').at(-1) ?? ''}` : machine;
}

/** `container waiting -> running`; an entry that moves nothing names its state once. */
export function transitionText(entry: TraceEntry): string {
  const { from, to } = entry;
  const machine = machineText(entry);
  return from === to ? `${machine} ${to}`.trim() : `${machine} ${from} -> ${to}`.trim();
}

/** One line an entry; with `effects`, what was asked for follows in lines of its own. */
export function entryLines(
  step: Pick<Step, 'elapsedMs'>,
  entry: TraceEntry,
  language: Language,
  options: { readonly effects?: boolean } = {},
): readonly string[] {
  const { why, where, effects } = entry;
  const line = columns(step.elapsedMs, entry.stage, objectText(entry.object), transitionText(entry));
  const first = `${line}${oneLine(tell(why, language))}  [${where.file} ${where.function}]`;
  return options.effects
    ? [first, ...effects.map((effect) => `${' '.repeat(WIDTHS.time)}=> ${effect}`)]
    : [first];
}

/** A line of a container's log, marked as such. */
export function logLine(elapsedMs: number, podName: string, { containerName, line }: LogNotice): string {
  return `${columns(elapsedMs, 'log', `pod/${podName} ${containerName}`, line.stream)}${line.text}`;
}

/** A Kubernetes Event as it is recorded. */
export function eventLine(elapsedMs: number, event: CoreEvent): string {
  const said = `${event.type ?? ''} ${event.reason ?? ''}`;
  return `${columns(elapsedMs, 'event', eventObjectText(event), said)}${oneLine(event.message ?? '')}`;
}

/** What an Event is about, as `objectText` writes it. */
export function eventObjectText({ involvedObject }: CoreEvent): string {
  const { kind = '', name = '', fieldPath } = involvedObject;
  const container = fieldPath === undefined ? undefined : /\{(.+)\}/.exec(fieldPath)?.[1];
  return `${kind.toLowerCase()}/${name}${container === undefined ? '' : ` ${container}`}`;
}

/** A program's output keeps its line ends in an Event; here one line is one thing that happened. */
function oneLine(text: string): string {
  return text.trimEnd().replace(/\r?\n/g, '\\n');
}

function columns(elapsedMs: number, stage: string, object: string, transition: string): string {
  return [
    padded(elapsedText(elapsedMs), WIDTHS.time),
    padded(stage, WIDTHS.stage),
    padded(object, WIDTHS.object),
    padded(transition, WIDTHS.transition),
  ].join('');
}

/** Filled up with spaces to `width` terminal cells, and always two spaces at the end. */
function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(2, width - displayWidth(text)))}`;
}
