/** What a person who waits for an image sees on standard error: a bar on a terminal, a line elsewhere once it takes long. */
import type { EngineListener } from '../engine/types.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import type { MessageKey } from '../messages/index.ts';
import type { PullProgress } from '../runtime/port.ts';
import { DEFAULT_LIMITS } from '../runtime/wasm/registry/limits.ts';
import { type Io, say } from './io.ts';

/** What is over by then needs no word. */
const PATIENCE_MS = 500;

const CLEAR_LINE = '\r\u001b[K';
const BAR_CELLS = 20;

type Phase = PullProgress['phase'];

/** Phases that can take long, and what is then said of them. */
const LONG: Readonly<Partial<Record<Phase, MessageKey>>> = {
  resolving: 'pull.waiting',
  downloading: 'pull.downloading',
  uploading: 'pull.uploading',
  transpiling: 'pull.transpiling',
};

/** Follows pulls; `end` when one is over, however it ended. */
export interface ProgressShown {
  readonly onProgress: (progress: PullProgress) => void;
  readonly end: () => void;
}

type ProgressIo = Pick<Io, 'err' | 'language'>;

const valuesOf = ({ image, doneBytes, totalBytes }: PullProgress) => ({
  image,
  done: readableBytes(doneBytes),
  total: readableBytes(totalBytes),
  connectSeconds: DEFAULT_LIMITS.connectMs / 1_000,
  idleSeconds: DEFAULT_LIMITS.idleMs / 1_000,
});

/** `[#####---------------]  27%` */
function bar(doneBytes: number, totalBytes: number): string {
  const share = Math.min(1, doneBytes / totalBytes);
  const cells = '#'.repeat(Math.floor(share * BAR_CELLS)).padEnd(BAR_CELLS, '-');
  return ` [${cells}] ${Math.floor(100 * share)}%`;
}

/** A line for each phase that takes longer than half a second; none for one that does not. */
export function longPhases(io: ProgressIo): ProgressShown {
  let timer: NodeJS.Timeout | undefined;
  let phase = '';
  const end = () => {
    clearTimeout(timer);
    phase = '';
  };
  const onProgress = (progress: PullProgress) => {
    const now = `${progress.phase} ${progress.image}`;
    if (now === phase) return;
    end();
    phase = now;
    const key = LONG[progress.phase];
    if (key === undefined) return;
    timer = setTimeout(() => io.err(`${say(io, key, valuesOf(progress))}\n`), PATIENCE_MS).unref();
  };
  return { onProgress, end };
}

/** One line that is written over and over, and gone at the end. */
function liveLine(io: ProgressIo): ProgressShown {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    io.err(CLEAR_LINE);
  };
  const onProgress = (progress: PullProgress) => {
    end();
    const { phase, doneBytes, totalBytes } = progress;
    if (phase === 'done') return;
    const values = valuesOf(progress);
    io.err(`${say(io, `images.${phase}`, values)}${totalBytes === 0 ? '' : bar(doneBytes, totalBytes)}`);
    if (phase === 'resolving')
      timer = setTimeout(() => io.err(CLEAR_LINE + say(io, 'pull.waiting', values)), PATIENCE_MS).unref();
  };
  return { onProgress, end };
}

/** As it fits where standard error goes. */
export function progressOn(io: ProgressIo & Pick<Io, 'isTerminal'>): ProgressShown {
  return io.isTerminal ? liveLine(io) : longPhases(io);
}

/** The same for the pulls of a run, of which the kubelet hears the end. */
export function pullListener(io: ProgressIo): EngineListener {
  const { onProgress, end } = longPhases(io);
  return {
    onPullProgress: onProgress,
    onStep: ({ event }) => {
      if ('effectType' in event && event.effectType === 'pullImage') end();
    },
  };
}
