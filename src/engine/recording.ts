/** A run on paper: a header and every event in, one JSON a line; replayed, it must give the same trace. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { FoundMachine, NodeSize } from '../cluster/node.ts';
import { PodstepError } from '../lib/errors.ts';
import { sameData } from '../lib/same-data.ts';
import type { KubeletEvent } from '../machines/events.ts';
import type { TraceEntry } from '../machines/trace.ts';
import type { MessageKey, Told } from '../messages/index.ts';
import type { KubeletCore } from './core.ts';
import type { ClockKind, Step } from './types.ts';

/** Raised when a line means something else than before. */
const VERSION = 1;

export interface RecordingHeader {
  readonly podstep: 'recording';
  readonly version: number;
  readonly seed: number;
  readonly runtime: string;
  readonly clock: ClockKind;
  /** The engine's clock when it started, epoch milliseconds. */
  readonly startedAtMs: number;
  /** The kubelet's configuration, where it was given one. */
  readonly config?: KubeletConfiguration;
  /** How large the node was, where that was said. */
  readonly nodeSize?: NodeSize;
  /** The machine that the node was on, where that was a real one. */
  readonly machine?: FoundMachine;
}

export type RecordedRun = Omit<RecordingHeader, 'podstep' | 'version'>;

/** The first line: what the run began with. */
export function headerLine(run: RecordedRun): string {
  return JSON.stringify({ podstep: 'recording', version: VERSION, ...run } satisfies RecordingHeader);
}

/** A line a step: the event, and the trace that it must give again. */
export function stepLine({ seq, event, entries }: Step): string {
  return JSON.stringify({ seq, event, trace: entries });
}

export interface Replayed {
  readonly header: RecordingHeader;
  readonly steps: readonly Step[];
  /** The first step whose trace came out otherwise than it was recorded. */
  readonly difference?: {
    readonly seq: number;
    readonly recorded: readonly TraceEntry[];
    readonly replayed: readonly TraceEntry[];
  };
}

/**
 * Feeds the recorded events to a kubelet and compares what comes of them, up to the first difference.
 * @throws PodstepError BAD_RECORDING with the line that cannot be read.
 */
export function replay<State>(
  text: string,
  file: string,
  kubeletOf: (header: RecordingHeader) => KubeletCore<State>,
): Replayed {
  const [first = '', ...rest] = text.split('\n').filter((line) => line !== '');
  const header = readHeader(first, file);
  const kubelet = kubeletOf(header);
  let state = kubelet.initialState();
  const steps: Step[] = [];
  for (const [index, line] of rest.entries()) {
    const recorded = readStep(line, `${file}:${index + 2}`);
    const turn = kubelet.turn(state, recorded.event);
    state = turn.state;
    const atMs = recorded.event.atMs;
    steps.push({
      seq: recorded.seq,
      atMs,
      elapsedMs: atMs - header.startedAtMs,
      event: recorded.event,
      entries: turn.trace,
      quiet: turn.quiet,
    });
    // What was recorded went through JSON; what is compared with it must have, too.
    const replayed: unknown = JSON.parse(JSON.stringify(turn.trace));
    if (!sameData(recorded.trace, replayed)) {
      const difference = { seq: recorded.seq, recorded: recorded.trace, replayed: turn.trace };
      return { header, steps, difference };
    }
  }
  return { header, steps };
}

function readHeader(line: string, file: string): RecordingHeader {
  const header = jsonObject(line);
  if (header?.podstep !== 'recording') {
    throw new PodstepError('BAD_RECORDING', `${file}:1: this is no recording`, {
      advice: { key: 'cli.replay.howRecorded', values: { file } } satisfies Told<MessageKey>,
    });
  }
  if (header.version !== VERSION) {
    throw new PodstepError(
      'BAD_RECORDING',
      `${file}:1: version ${header.version} of the format, this podstep reads ${VERSION}`,
      { advice: { key: 'cli.replay.otherVersion' } satisfies Told<MessageKey> },
    );
  }
  return header as unknown as RecordingHeader;
}

interface RecordedStep {
  readonly seq: number;
  readonly event: KubeletEvent;
  readonly trace: readonly TraceEntry[];
}

function readStep(line: string, place: string): RecordedStep {
  const step = jsonObject(line) ?? {};
  const event = step.event as { type?: unknown; atMs?: unknown } | undefined;
  const whole =
    typeof step.seq === 'number' &&
    typeof event?.type === 'string' &&
    typeof event.atMs === 'number' &&
    Array.isArray(step.trace);
  if (whole) return step as unknown as RecordedStep;
  throw new PodstepError('BAD_RECORDING', `${place}: no step with seq, event and trace`, {
    advice: { key: 'cli.replay.damaged' } satisfies Told<MessageKey>,
  });
}

/** Undefined for a line that is none. */
function jsonObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
