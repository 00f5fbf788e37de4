import { describe, expect, it } from 'vitest';
import type { CoreEvent } from '../../src/api/types.ts';
import { type OutTerminal, terminalEntry, terminalEvent, terminalLog } from '../../src/cli/terminal-text.ts';
import { widthOf } from '../../src/tui/model/text.ts';
import { entry } from '../engine/entry.ts';

const at = (columns: number): OutTerminal => ({ columns: () => columns, paint: 'none' });
const step = { elapsedMs: 12_000 };
const event = (message: string): CoreEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {},
  involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{app}' },
  type: 'Warning',
  reason: 'Unhealthy',
  message,
});

describe('a step on a terminal', () => {
  it('is never wider than the window, in either language', () => {
    for (const columns of [80, 120, 200]) {
      for (const language of ['en', 'zh'] as const) {
        const long = { ...entry, object: { ...entry.object, container: 'a-name-of-some-length' } };
        const lines = terminalEntry(step, long, language, at(columns), true).split('\n');
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('has its reason under the move where that is narrow, and beside it where there is room', () => {
    const [narrow = '', under = ''] = terminalEntry(step, entry, 'en', at(80), false).split('\n');
    expect(narrow).toMatch(/^\+12\.000s {2}kill {7}pod\/web app {15}container running -> terminating$/);
    expect(under).toMatch(/^ {10}the API server bound/);
    const [wide = ''] = terminalEntry(step, entry, 'en', at(200), false).split('\n');
    expect(wide.indexOf('the API server bound')).toBe(97);
  });

  it('says on request what it asked for, and always where the kubelet does it', () => {
    const text = terminalEntry(step, entry, 'en', at(120), true);
    expect(text).toContain('          => stopContainer app 30s\n');
    expect(text).toContain('          [pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer]\n');
    expect(terminalEntry(step, entry, 'en', at(120), false)).not.toContain('=>');
  });
});

describe('what programs write', () => {
  it('keeps its lines in an event, without an empty one at the end', () => {
    expect(terminalEvent(0, event('one\ntwo\n'), at(80)).split('\n').slice(1)).toEqual([
      '          one',
      '          two',
      '',
    ]);
  });

  it('steers no terminal', () => {
    const line = { atMs: 0, stream: 'stdout', text: '\x1b[2Jgone', partial: false } as const;
    const log = { podUid: 'u1', containerName: 'app', containerId: 'c', line };
    expect(terminalLog(0, 'web', log, at(80))).toMatch(/\n {10}gone\n$/);
  });

  it('is coloured by what it means', () => {
    expect(terminalEvent(0, event('it failed'), { ...at(80), paint: 'colour' })).toContain(
      '\x1b[33mWarning Unhealthy\x1b[0m',
    );
  });
});
