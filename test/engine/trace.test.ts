import { expect, test } from 'vitest';
import { headerLine, replay, stepLine } from '../../src/engine/recording.ts';
import { entryJson } from '../../src/engine/trace-json.ts';
import { entryLines, eventLine, logLine } from '../../src/engine/trace-text.ts';
import type { Step } from '../../src/engine/types.ts';
import type { KubeletEvent } from '../../src/machines/events.ts';
import type { TraceEntry } from '../../src/machines/trace.ts';
import { entry } from './entry.ts';

const atMs = Date.UTC(2026, 0, 1, 0, 0, 12);
const event: KubeletEvent = { type: 'TimerFired', timerId: 't', atMs, owner: owner() };
const step: Step = { seq: 7, atMs, elapsedMs: 12_000, event, entries: [entry], quiet: false };

function owner() {
  return { podUid: 'u1', key: 'k', object: entry.object };
}

test('an entry is one line: when, stage, object, move, why, where', () => {
  expect(entryLines(step, entry, 'en')).toEqual([
    `+12.000s  kill       pod/web app${' '.repeat(15)}container running -> terminating${' '.repeat(18)}` +
      'the API server bound the pod to this node; the kubelet starts a pod worker for it  ' +
      '[pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer]',
  ]);
  const [first, second] = entryLines(step, { ...entry, to: 'running' }, 'zh', { effects: true });
  expect(first).toMatch(/^\+12\.000s {2}kill {7}pod\/web app {15}container running {33}API 服务器/);
  expect(second).toBe('          => stopContainer app 30s');
});

test('columns keep their places whatever the width of the characters', () => {
  const wide = { ...entry, object: { ...entry.object, name: '网页', container: 'app' } };
  const [line = ''] = entryLines(step, wide, 'en');
  expect(line.indexOf('container')).toBe(45);
});

test('logs and events are lines of the same columns', () => {
  const line = { atMs, stream: 'stdout', text: 'hello', partial: false } as const;
  expect(logLine(500, 'web', { podUid: 'u1', containerName: 'app', containerId: 'c', line })).toBe(
    `+0.500s   log        pod/web app${' '.repeat(15)}stdout${' '.repeat(44)}hello`,
  );
  const told = eventLine(500, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {},
    involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{app}' },
    type: 'Normal',
    reason: 'Started',
    message: 'Started container app',
  });
  expect(told).toBe(
    `+0.500s   event      pod/web app${' '.repeat(15)}Normal Started${' '.repeat(36)}Started container app`,
  );
});

test('an entry is one JSON object with its keys in one order', () => {
  expect(Object.keys(JSON.parse(entryJson(step, entry, 'en')))).toEqual([
    'seq',
    'elapsedMs',
    'time',
    'stage',
    'object',
    'machine',
    'from',
    'to',
    'event',
    'effects',
    'why',
    'where',
  ]);
  expect(JSON.parse(entryJson(step, entry, 'zh'))).toMatchObject({
    seq: 7,
    time: '2026-01-01T00:00:12.000000Z',
    why: { key: 'sync.podAdded', text: expect.stringContaining('kubelet') },
  });
});

const header = headerLine({ seed: 1, runtime: 'fake', clock: 'virtual', startedAtMs: atMs - 12_000 });
const echoing = (trace: readonly TraceEntry[]) => () => ({
  initialState: () => 0,
  turn: (state: number) => ({ state: state + 1, effects: [], trace, quiet: false }),
});

test('a recording replays to the same steps', () => {
  const text = `${header}\n${stepLine(step)}\n`;
  expect(replay(text, 'r', echoing([entry]))).toEqual({ header: JSON.parse(header), steps: [step] });
});

test('a replay that comes out otherwise stops at the first difference', () => {
  const other = { ...entry, to: 'exited' };
  const text = `${header}\n${stepLine(step)}\n${stepLine({ ...step, seq: 8 })}\n`;
  const { steps, difference } = replay(text, 'r', echoing([other]));
  expect(steps).toHaveLength(1);
  expect(difference).toEqual({ seq: 7, recorded: [entry], replayed: [other] });
});

test.each([
  ['', /r:1: /],
  ['{}', /r:1: this is no recording/],
  ['apiVersion: v1\nkind: Pod', /r:1: this is no recording/],
  [header.replace('"version":1', '"version":99'), /r:1: version 99/],
  [`${header}\n{"seq":1}`, /r:2: no step/],
  [`${header}\nnonsense`, /r:2: /],
])('what is no recording is refused at its line: %j', (text, message) => {
  expect(() => replay(text, 'r', echoing([]))).toThrow(message);
});
