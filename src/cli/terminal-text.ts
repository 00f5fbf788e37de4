/** A run's steps for a person at a terminal: as wide as the window, the move first, the reason under or beside it. */
import type { CoreEvent } from '../api/types.ts';
import { elapsedText, eventObjectText, objectText, transitionText, WIDTHS } from '../engine/trace-text.ts';
import type { LogNotice, Step } from '../engine/types.ts';
import type { TraceEntry } from '../machines/trace.ts';
import { type Language, tell } from '../messages/index.ts';
import { type Line, lineWidth, type Span, span, type Tone } from '../tui/model/line.ts';
import { type Paint, paintLine } from '../tui/model/paint.ts';
import { clean, widthOf } from '../tui/model/text.ts';
import { wrap } from '../tui/model/wrap.ts';

/** The terminal that standard output is. */
export interface OutTerminal {
  /** Its width now; windows are resized. */
  columns(): number;
  readonly paint: Paint;
}

/** Where the reason begins under its move, and beside it. */
const UNDER = WIDTHS.time;
const BESIDE = WIDTHS.time + WIDTHS.stage + WIDTHS.object + WIDTHS.transition;
/** The narrowest column in which a reason beside its move reads well. */
const REASON_COLUMNS = 60;

interface Told {
  readonly elapsedMs: number;
  readonly stage: string;
  readonly object: string;
  readonly move: string;
  readonly tone: Tone;
  /** Paragraphs: each is wrapped in a tone of its own. */
  readonly text: readonly (readonly [text: string, tone: Tone])[];
}

/** A step's entry, with what it asked for if `effects`. */
export function terminalEntry(
  { elapsedMs }: Pick<Step, 'elapsedMs'>,
  entry: TraceEntry,
  language: Language,
  terminal: OutTerminal,
  effects: boolean,
): string {
  const { why, where } = entry;
  return block(terminal, {
    elapsedMs,
    stage: entry.stage,
    object: objectText(entry.object),
    move: transitionText(entry),
    tone: entry.from === entry.to ? 'plain' : 'strong',
    text: [
      [tell(why, language), 'plain'],
      ...(effects ? entry.effects.map((effect) => [`=> ${effect}`, 'accent'] as const) : []),
      [`[${where.file} ${where.function}]`, 'faint'],
    ],
  });
}

/** A Kubernetes Event as it is recorded. */
export function terminalEvent(elapsedMs: number, event: CoreEvent, terminal: OutTerminal): string {
  const tone = event.type === 'Warning' ? 'warn' : 'good';
  return block(terminal, {
    elapsedMs,
    stage: 'event',
    object: eventObjectText(event),
    move: `${event.type ?? ''} ${event.reason ?? ''}`,
    tone,
    text: [[event.message ?? '', tone]],
  });
}

/** A line of a container's log. */
export function terminalLog(
  elapsedMs: number,
  podName: string,
  log: LogNotice,
  terminal: OutTerminal,
): string {
  return block(terminal, {
    elapsedMs,
    stage: 'log',
    object: `pod/${podName} ${log.containerName}`,
    move: log.line.stream,
    tone: 'plain',
    text: [[log.line.text, 'plain']],
  });
}

function block(terminal: OutTerminal, told: Told): string {
  const columns = terminal.columns();
  const beside = columns >= BESIDE + REASON_COLUMNS;
  const indent = beside ? BESIDE : UNDER;
  const when: Line = [
    span(filled(elapsedText(told.elapsedMs), WIDTHS.time), 'faint'),
    span(filled(told.stage, WIDTHS.stage), 'accent'),
    span(filled(clean(told.object), WIDTHS.object)),
  ];
  const move = span(clean(told.move), told.tone);
  const text = told.text.flatMap(([paragraph, tone]) => {
    const lines = paragraph.trimEnd().split('\n');
    return lines.flatMap((line) => wrap(clean(line), columns - indent)).map((line) => span(line, tone));
  });
  const below = (part: Span): Line => [span(' '.repeat(indent)), part];
  const used = lineWidth([...when, move]);
  if (used > columns) return painted([when, ...[move, ...text].map(below)], terminal);
  // A long name pushes the reason to the next line, where the column is free again.
  const joined = beside && used + 2 <= indent ? text.shift() : undefined;
  const head = [...when, move, ...(joined ? [span(' '.repeat(indent - used)), joined] : [])];
  return painted([head, ...text.map(below)], terminal);
}

function painted(lines: readonly Line[], { paint }: OutTerminal): string {
  return lines.map((line) => `${paintLine(line, paint)}\n`).join('');
}

/** Filled up to its column, and always two spaces at the end. */
function filled(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(2, columns - widthOf(text)));
}
