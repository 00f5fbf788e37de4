/** The three forms of a run's output: text for people, one JSON list, one JSON line a trace entry. */
import type { KubeObject } from '../api/types.ts';
import { entryJson } from '../engine/trace-json.ts';
import { entryLines, eventLine, logLine } from '../engine/trace-text.ts';
import type { Engine, EngineListener, Step } from '../engine/types.ts';
import { tell } from '../messages/index.ts';
import { type Io, say } from './io.ts';
import { podTable } from './pod-table.ts';
import { terminalEntry, terminalEvent, terminalLog } from './terminal-text.ts';

export type OutputForm = 'text' | 'json' | 'jsonl';

/** Listens to the run and prints it; `end` prints what comes last. */
export interface Output {
  readonly listener: EngineListener;
  end(engine: Engine, ending: string): void;
}

export function outputOf(form: OutputForm, io: Io, engine: Engine, verbose: boolean): Output {
  // Remarks go where they do not mix with what is meant for programs.
  const onNote: EngineListener['onNote'] = (note) => {
    io.err(`${say(io, 'cli.note', { text: tell(note, io.language) })}\n`);
  };
  switch (form) {
    case 'text':
      return textOutput(io, engine, verbose, onNote);
    case 'json':
      return { listener: { onNote }, end: (ended) => io.out(objectsJson(ended.objects())) };
    case 'jsonl':
      return { listener: { onNote, onStep: (step) => io.out(stepJsonl(step, io, verbose)) }, end: () => {} };
  }
}

function textOutput(io: Io, engine: Engine, verbose: boolean, onNote: EngineListener['onNote']): Output {
  const startedAtMs = engine.now();
  const elapsedMs = () => engine.now() - startedAtMs;
  const { terminal } = io;
  return {
    listener: {
      onNote,
      onStep: (step) => io.out(stepText(step, io, verbose)),
      onEvent: (event) =>
        io.out(terminal ? terminalEvent(elapsedMs(), event, terminal) : `${eventLine(elapsedMs(), event)}\n`),
      onLog: (notice) => {
        const pod = engine.pods().find(({ metadata }) => metadata.uid === notice.podUid);
        const name = pod?.metadata.name ?? notice.podUid;
        io.out(
          terminal
            ? terminalLog(elapsedMs(), name, notice, terminal)
            : `${logLine(elapsedMs(), name, notice)}\n`,
        );
      },
    },
    end(ended, ending) {
      const table = podTable(ended.pods(), ended.now());
      io.out(`\n${ending}\n${table === '' ? '' : `\n${table}`}`);
    },
  };
}

/** A step's lines; a quiet step has none unless everything is asked for. */
export function stepText(step: Step, io: Pick<Io, 'language' | 'terminal'>, verbose: boolean): string {
  if (step.quiet && !verbose) return '';
  const { terminal, language } = io;
  if (terminal) {
    return step.entries.map((entry) => terminalEntry(step, entry, language, terminal, verbose)).join('');
  }
  const lines = step.entries.flatMap((entry) => entryLines(step, entry, language, { effects: verbose }));
  return lines.map((line) => `${line}\n`).join('');
}

export function stepJsonl(step: Step, io: Pick<Io, 'language'>, verbose: boolean): string {
  if (step.quiet && !verbose) return '';
  return step.entries.map((entry) => `${entryJson(step, entry, io.language)}\n`).join('');
}

/**
 * One `List`, as `kubectl get KIND,KIND... -o json` prints several objects: kind after kind, each by namespace and name;
 * keys by the alphabet, four spaces.
 */
function objectsJson(objects: readonly KubeObject[]): string {
  const kinds = [...new Set(objects.map(({ kind }) => kind))];
  const items = kinds.flatMap((kind) => objects.filter((object) => object.kind === kind).sort(byPlace));
  const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items };
  return `${JSON.stringify(list, byAlphabet, 4)}\n`;
}

function byPlace({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const [here, there] = [`${a.namespace ?? ''}/${a.name}`, `${b.namespace ?? ''}/${b.name}`];
  return here < there ? -1 : 1;
}

function byAlphabet(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
