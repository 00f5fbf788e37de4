import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor } from '../../src/cli/doctor.ts';
import { images } from '../../src/cli/images.ts';
import type { Io } from '../../src/cli/io.ts';
import { table } from '../../src/cli/table.ts';
import { PodstepError } from '../../src/lib/errors.ts';
import { readableBytes } from '../../src/lib/readable-bytes.ts';
import type { Language } from '../../src/messages/index.ts';

type Output = Pick<Io, 'out' | 'err' | 'language' | 'environment' | 'isTerminal'>;

const PAUSE = 'registry.k8s.io/pause:3.10';

let home: string;
let written: string[];
let errors: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'podstep-home-'));
  written = [];
  errors = [];
});

afterEach(() => rm(home, { recursive: true, force: true }));

function consoleIn(language: Language = 'en', isTerminal = false): Output {
  return {
    isTerminal,
    out: (text) => written.push(text),
    err: (text) => errors.push(text),
    language,
    environment: { PODSTEP_HOME: home, LANG: 'C.UTF-8', DOCKER_HOST: `unix://${home}/no.sock` },
  };
}

async function run(
  command: string,
  language: Language = 'en',
): Promise<{ code: number; out: string; error: string }> {
  written = [];
  errors = [];
  const code = await images(command.split(' ').filter(Boolean), consoleIn(language));
  return { code, out: written.join('').trimEnd(), error: errors.join('') };
}

describe('podstep images', () => {
  it('says what can be pulled while nothing has been', async () => {
    const { code, out } = await run('');
    expect(code).toBe(0);
    expect(out).toMatch(/No image has been pulled yet\.\nCan be pulled \(any tag\): .*busybox.*nginx/);
  });

  it('pulls, lists, inspects and removes', async () => {
    expect(await run(`pull ${PAUSE}`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is here: sha256:/),
      error: '',
    });
    const listed = await run('ls');
    expect(listed.out).toMatch(
      /^IMAGE +TAG +IMAGE ID +SIZE +KIND\nregistry\.k8s\.io\/pause +3\.10 +[0-9a-f]{13} +[\d.]+kB +stand-in\n/,
    );
    expect(listed.out).toContain('not the originals');
    const inspected = JSON.parse((await run(`inspect ${PAUSE}`)).out);
    expect(inspected.status).toMatchObject({ repoTags: [PAUSE], standIn: true });
    expect(inspected.info).toMatchObject({ config: { entrypoint: ['/pause'] }, files: ['/pause'] });
    expect(await run(`rm ${PAUSE}`)).toMatchObject({ code: 0, out: `removed ${PAUSE}` });
    expect((await run('ls -o json')).out).toMatch(/"images": \[\]/);
  });

  it('shows on a terminal how far a pull is, on a line that is gone at the end', async () => {
    expect(await images(['pull', PAUSE], consoleIn('en', true))).toBe(0);
    const lines = errors.join('').split('\r\u001b[K');
    expect(lines).toContain(`${PAUSE}: copying [####################] 100%`);
    expect(lines.at(-1)).toBe('');
  });

  it('speaks Chinese', async () => {
    await run(`pull ${PAUSE}`);
    expect((await run('ls', 'zh')).out).toMatch(/替身\n.*并非原版/s);
  });

  it('fails for what has no stand-in and for what is not here, and does the rest', async () => {
    const pulled = await run(`pull mysql:8 ${PAUSE}`);
    expect(pulled).toMatchObject({ code: 1, out: expect.stringContaining(PAUSE) });
    expect(pulled.error).toMatch(/mysql:8.*no stand-in/);
    expect(await run(`rm busybox ${PAUSE}`)).toMatchObject({ code: 1, out: `removed ${PAUSE}` });
    expect(errors.join()).toContain(`no image busybox in ${home}`);
  });

  it.each(['frobnicate', 'pull', 'rm', 'inspect', 'ls --frob', 'ls -o yaml'])(
    'refuses "%s" as bad usage',
    async (command) => {
      const error: unknown = await run(command).catch((caught) => caught);
      expect(error).toBeInstanceOf(PodstepError);
      expect(error).toMatchObject({ code: 'BAD_USAGE', exitCode: 2 });
    },
  );
});

describe('podstep doctor', () => {
  it('finds that pods can run where these tests run', async () => {
    expect(
      await doctor(['-o', 'json'], consoleIn(), {
        isTTY: true,
        columns: 120,
        rows: 40,
        getColorDepth: () => 8,
      }),
    ).toBe(0);
    const { findings } = JSON.parse(written.join(''));
    const verdicts = Object.fromEntries(
      findings.map((finding: { check: string; verdict: string }) => [finding.check, finding.verdict]),
    );
    expect(verdicts).toMatchObject({
      node: 'ok',
      standIns: 'ok',
      store: 'ok',
      guest: 'ok',
      docker: 'ok',
      terminal: 'ok',
    });
    expect(findings.find((finding: { check: string }) => finding.check === 'terminal').text).toBe(
      '120x40, 256 colours',
    );
  });

  it('fails when the store cannot be written, and says where', async () => {
    const closed: Output = { ...consoleIn('zh'), environment: { PODSTEP_HOME: '/dev/null/podstep' } };
    expect(await doctor([], closed, {})).toBe(1);
    expect(written.join('')).toMatch(/失败 +镜像存储 +\/dev\/null\/podstep\/images 无法写入：ENOTDIR/);
  });

  it('notes a terminal that is too small', async () => {
    expect(await doctor([], consoleIn(), { isTTY: true, columns: 60, rows: 20 })).toBe(0);
    expect(written.join('')).toMatch(/note +Terminal +60x20 is smaller than the 80x24/);
  });

  it('refuses arguments that it does not know', async () => {
    await expect(doctor(['--all'], consoleIn())).rejects.toMatchObject({ code: 'BAD_USAGE' });
  });
});

describe('tables', () => {
  it('count Chinese as two cells', () => {
    expect(
      table([
        ['名', 'X'],
        ['abcd', 'Y'],
      ]),
    ).toBe('名     X\nabcd   Y');
  });

  it.each([
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [44_115, '44.1kB'],
    [123_456_789, '123MB'],
  ])('show %i bytes as %s', (bytes, text) => {
    expect(readableBytes(bytes)).toBe(text);
  });
});
