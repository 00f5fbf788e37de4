import { expect, test } from 'vitest';
import { takeLanguage } from '../../src/cli/language.ts';
import { ageText } from '../../src/cli/pod-table.ts';
import { displayWidth } from '../../src/engine/display-width.ts';
import { cli } from './cli.ts';

test('help lists every command and only those, and each has its own', async () => {
  const { exitCode, out } = await cli(['--help']);
  expect(exitCode).toBe(0);
  const commands = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1] ?? '');
  expect(commands).toEqual(expect.arrayContaining(['run', 'replay', 'images', 'doctor']));
  for (const command of commands) {
    const help = await cli([command, '--help']);
    expect(help).toMatchObject({ exitCode: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^Usage: podstep ${command}`));
    expect((await cli([command, '-h'], { language: 'zh' })).out).toContain(`用法：podstep ${command}`);
  }
});

test('every help fits into a terminal of 80 columns', async () => {
  for (const args of [['--help'], ...['run', 'replay', 'images', 'doctor'].map((name) => [name, '--help'])]) {
    for (const language of ['en', 'zh'] as const) {
      const { out } = await cli(args, { language });
      expect(out.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
    }
  }
});

test('--version is one line', async () => {
  expect((await cli(['--version'])).out).toMatch(/^podstep \d+\.\d+\.\d+\n$/);
});

test.each([
  [['fly'], /there is no command fly/],
  [['--fast'], /there is no option --fast/],
  [['--node', 'memory=lots'], /--node memory=lots: sizes are written as/],
  [['--config', '/no/such/file.yaml'], /cannot read \/no\/such\/file.yaml: ENOENT/],
  [['--ascii', 'pod.yaml'], /there is nothing to do with pod.yaml/],
  [['run'], /no manifest was given/],
  [['run', 'x.yaml', '--fast'], /there is no option --fast/],
  [['run', 'x.yaml', '--for'], /--for needs a value/],
  [['doctor', 'now'], /there is nothing to do with now/],
  [['run', 'x.yaml', '--clock', 'sundial'], /--clock sundial: it is one of virtual, paced, wall/],
  [['run', 'x.yaml', '--for', '90'], /--for 90: a duration is written as/],
  [['run', 'x.yaml', '--seed', '1.5'], /--seed 1.5: a whole number/],
  [['run', 'x.yaml', '--clock', 'paced', '--speed', '0'], /--speed 0: a number above 0/],
  [['run', 'x.yaml', '--speed', '2'], /--speed is for --clock paced/],
  [['run', 'x.yaml', '--until', 'soon'], /--until soon: conditions are/],
  [['run', 'x.yaml', '--keep'], /--keep is for --runtime docker/],
  [['run', 'x.yaml', '--runtime', 'docker', '--clock', 'virtual'], /nothing can make them jump/],
  [['run', 'x.yaml', '--runtime', 'docker', '--clock', 'paced'], /nothing can hold them back/],
  [['run', 'x.yaml', '--runtime', 'docker', '--egress', '*'], /whatever their Engine lets them reach/],
  [['run', '/no/such/file.yaml'], /cannot read \/no\/such\/file.yaml: ENOENT/],
  [['replay'], /exactly one file/],
  [['replay', 'package.json'], /package.json:1: /],
])('%j is refused with exit code 2', async (args, message) => {
  const { exitCode, out, err } = await cli(args);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err).toMatch(/^podstep: /);
});

test('a refusal tells where the help is, in the language that was chosen', async () => {
  expect((await cli(['run', 'x', '--for', 'y'])).err).toContain('see podstep run --help');
  expect((await cli(['run', 'x', '--for', 'y'], { language: 'zh' })).err).toContain(
    '参见 podstep run --help',
  );
});

test('every mistake of every manifest is told at its place, and nothing starts', async () => {
  const stdin =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  nmae: y\nspec:\n  containers: []\n  foo: 1\n';
  const { exitCode, out, err } = await cli(['run', '-'], { stdin });
  expect(exitCode).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^<stdin>:5:3: .*nmae/m);
  expect(err).toMatch(/^<stdin>:8:3: .*foo/m);
  expect(err).toMatch(/nothing was started\n$/);
});

test('--lang is taken from wherever it stands', () => {
  expect(takeLanguage(['--lang', 'zh', 'run', 'x'], {})).toEqual({ language: 'zh', rest: ['run', 'x'] });
  expect(takeLanguage(['run', 'x', '--lang=zh'], {})).toEqual({ language: 'zh', rest: ['run', 'x'] });
  expect(takeLanguage(['run', 'x'], { LANG: 'zh_CN.UTF-8' }).language).toBe('zh');
  expect(takeLanguage(['run', '--lang', 'fr'], {})).toMatchObject({ refused: 'fr', rest: ['run'] });
});

test.each([
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [335_000, '5m35s'],
  [3_600_000, '60m'],
  [4 * 3_600_000 + 60_000, '4h1m'],
  [30 * 3_600_000, '30h'],
  [72 * 3_600_000, '3d'],
])('an age of %d ms is %s', (ms, text) => expect(ageText(ms)).toBe(text));
