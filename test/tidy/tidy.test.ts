import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { messages } from '../../src/messages/index.ts';
import { checkFiles, checkTests } from './files.ts';
import { checkLayers } from './layers.ts';
import { checkKeys, checkTexts } from './messages.ts';
import { checkAny, checkPurity } from './purity.ts';
import { checkReach } from './reach.ts';
import { type Problem, sourceFiles } from './source.ts';

const src = sourceFiles('src');
const scripts = Object.values<string>(
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).scripts,
);
const told = (problems: Problem[]) => problems.map(({ path, problem }) => `${path}: ${problem}`);

test('imports go downward, and every package stays in its room', () => {
  expect(told(checkLayers(src))).toEqual([]);
});

test('floors 0 to 4 know no system, no clock, no chance, no waiting', () => {
  expect(told(checkPurity(src))).toEqual([]);
});

test('nothing is any', () => {
  expect(told(checkAny(src))).toEqual([]);
});

test('every file is reached from an entry', () => {
  expect(told(checkReach(src, scripts))).toEqual([]);
});

test('files are short, well named and say what they are', () => {
  expect(told(checkFiles(src))).toEqual([]);
});

test('every message is whole in both languages', () => {
  expect(told(checkTexts(messages))).toEqual([]);
});

test('every message is told, and every told message is there', () => {
  expect(told(checkKeys(messages, src))).toEqual([]);
});

test('no test is left out', () => {
  expect(told(checkTests(sourceFiles('test')))).toEqual([]);
});
