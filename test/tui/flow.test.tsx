import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PodstepError } from '../../src/lib/errors.ts';
import { type Drive, ScreenDrive } from '../../src/tui/drive.ts';
import { Screen } from '../../src/tui/screen.tsx';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';
import { livenessPod, NODE_STEPS, STEPS } from './story.ts';

const podAfter = (taken: number) => livenessPod(taken < 13 ? 'creating' : taken < 20 ? 'running' : 'backOff');
const drives: Drive[] = [];

function open(engine: FakeEngine) {
  const drive = new ScreenDrive({
    engine,
    manifests: {
      complete: async (text) =>
        ['simple-pod.yaml', 'remarkable.yaml', 'broken.yaml']
          .filter((path) => path.includes(text))
          .map((path) => ({ path, directory: false, summary: 'an example' })),
      read: async (path) => {
        if (path === 'broken.yaml') {
          throw new PodstepError('BAD_MANIFEST', 'broken.yaml:3:7: unknown field "spec.foo"', {
            advice: 'did you mean "spec.containers"?',
          });
        }
        const text = { en: 'spec.subdomain has no effect', zh: 'spec.subdomain 不会生效' };
        return {
          objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nginx' } }],
          remarks: path === 'remarkable.yaml' ? [{ place: 'remarkable.yaml:7:3', text }] : [],
        };
      },
    },
    language: 'en',
    ascii: true,
    columns: 100,
    rows: 24,
  });
  drives.push(drive);
  const app = render(<Screen drive={drive} paint="none" />);
  /** Types keys and waits until the screen says `text`. */
  const until = (text: string | RegExp) => vi.waitFor(() => expect(app.lastFrame()).toMatch(text), 5_000);
  /** Ink listens only once it has mounted. */
  const ready = () => until('space step');
  return { ...app, drive, until, ready };
}

function story(pods = true): FakeEngine {
  return fakeEngine({ steps: STEPS, pods: (taken) => (pods || taken > 0 ? [podAfter(taken)] : []) });
}

afterEach(() => {
  for (const drive of drives.splice(0)) drive.close();
  cleanup();
});

describe('the screen, key by key', () => {
  it('starts with a hint, and steps', async () => {
    const { stdin, until, ready } = open(story(false));
    await ready();
    await until('Press a and choose a pod');
    stdin.write(' ');
    await until(/podWorker liveness-exec/);
    stdin.write(' ');
    await until('> MountingVol');
  });

  it('passes a node that comes up while a pod is on its way, and shows its rows', async () => {
    const steps = [...STEPS.slice(0, 2), ...NODE_STEPS, ...STEPS.slice(2)];
    const { stdin, until, ready, lastFrame } = open(
      fakeEngine({ steps, pods: () => [livenessPod('creating')] }),
    );
    await ready();
    stdin.write('   ');
    await until('> CreatingSand');
    expect(lastFrame()).toMatch(/heartbeat .*NodeRegistered/);
  });

  it('stops at each step of a node without pods', async () => {
    const { stdin, until, ready, lastFrame } = open(fakeEngine({ steps: NODE_STEPS, pods: () => [] }));
    await ready();
    stdin.write('  ');
    await until('NodeRegistered');
    expect(lastFrame()).not.toContain('CSINodeCreated');
  });

  it('takes keys that arrive together as so many keys', async () => {
    const { stdin, until, ready } = open(story());
    await ready();
    stdin.write('ssss');
    await until(/sandbox liveness-exec/);
    await until('> creating');
  });

  it('runs on to the next stage', async () => {
    const { stdin, until, ready } = open(story());
    await ready();
    stdin.write('nnn');
    await until('> CreatingSand');
    stdin.write('n');
    await until('> creating');
    stdin.write('n');
    await until('> inspecting');
  });

  it('plays at full speed until nothing more happens, and says so', async () => {
    const { stdin, until, ready } = open(story());
    await ready();
    stdin.write('++++p');
    await until('Nothing more will happen by itself');
    await until('CrashLoopBackOff');
    await until('paused');
  });

  it('pauses at once', async () => {
    const { stdin, until, ready, lastFrame } = open(story());
    await ready();
    stdin.write('p');
    await until('playing');
    stdin.write('p');
    await until('paused');
    expect(lastFrame()).not.toContain('CrashLoopBackOff');
  });

  it('applies a manifest from the list', async () => {
    const engine = story();
    const { stdin, until, ready } = open(engine);
    await ready();
    stdin.write('a');
    await until('simple-pod.yaml');
    stdin.write('simple');
    await until(/path simple/);
    stdin.write('\r');
    await until('Pod nginx applied');
    expect(engine.applied).toHaveLength(1);
  });

  it('shows what in an applied manifest has no effect, at its place and in either language', async () => {
    const engine = story();
    const { stdin, until, ready } = open(engine);
    await ready();
    stdin.write('a');
    await until('remarkable.yaml');
    stdin.write('rem');
    await until(/path rem/);
    stdin.write('\r');
    await until('remarkable.yaml:7:3');
    await until('spec.subdomain has no effect');
    stdin.write('L');
    await until('spec.subdomain 不会生效');
    stdin.write('L\r');
    await until('Pod nginx applied');
    expect(engine.applied).toHaveLength(1);
  });

  it('keeps the dialog open and says where a manifest is wrong', async () => {
    const engine = story();
    const { stdin, until, ready } = open(engine);
    await ready();
    stdin.write('a');
    await until('broken.yaml');
    stdin.write('bro');
    await until(/path bro/);
    stdin.write('\r');
    await until('broken.yaml:3:7: unknown field "spec.foo"');
    await until('did you mean "spec.containers"');
    expect(engine.applied).toHaveLength(0);
  });

  it('deletes the selected pod after a yes', async () => {
    const engine = story();
    const { stdin, until, ready } = open(engine);
    await ready();
    stdin.write('d');
    await until('Delete pod liveness-exec?');
    stdin.write('y');
    await until('marked for deletion');
    expect(engine.deleted).toEqual(['liveness-exec']);
  });

  it('shows the progress of a pull while a step waits for it', async () => {
    const engine = story();
    const { until, ready } = open(engine);
    await ready();
    engine.progress({ image: 'nginx:1.14.2', phase: 'copying', doneBytes: 1, totalBytes: 4 });
    await until('25%  nginx:1.14.2: copying');
  });

  it('speaks Chinese at the press of a key', async () => {
    const { stdin, until, ready } = open(story());
    await ready();
    stdin.write('L');
    await until('步骤');
    stdin.write('?');
    await until('可以单步执行的 kubelet');
  });

  it('ends with 0 on q and with 130 on Ctrl-C', async () => {
    const first = open(story());
    await first.ready();
    first.stdin.write('q');
    await expect(first.drive.finished).resolves.toBe(0);
    const second = open(story());
    await second.ready();
    second.stdin.write('\x03');
    await expect(second.drive.finished).resolves.toBe(130);
  });
});
