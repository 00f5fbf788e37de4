import { expect, test } from 'vitest';
import { parseEnvFile } from '../../../src/kubelet/env/env-file.ts';

const readValue = (text: string, key: string) => {
  const parsed = parseEnvFile(text, key);
  return parsed.ok ? parsed.value : new Error(parsed.error);
};

test.each([
  ["  A='a'\n\t\tB='b'\n", 'b'],
  ["# comment\n\nA='x'\n   # another\nB='b'\n", 'b'],
  [`B='#no comment $A \${A} = "q"' # but this\n`, `#no comment $A \${A} = "q"`],
  ["B='one\n\n  three'\nA='a'", 'one\n\n  three'],
  ["A='a'\n", ''],
  ["B=''", ''],
  // What stands behind the key is not looked at.
  ["B='b'\nnonsense", 'b'],
])('%j gives B', (text, value) => {
  expect(readValue(text, 'B')).toBe(value);
});

test.each([
  ["A = 'a'\nB='b'", "line 1: whitespace before '='"],
  ['B=b', 'line 1: value must be enclosed in single quotes'],
  ['B="b"', 'value must be enclosed in single quotes'],
  ["B=  'b'", 'value must be enclosed in single quotes'],
  ["B='b'c", 'unexpected content after closing quote'],
  ["B='a''b'", 'unexpected content after closing quote'],
  ["A='a\nB='b'", 'unexpected content after closing quote'],
  ["A='a'\nnonsense\nB='b'", 'invalid environment variable format at line 2'],
  ["='a'\nB='b'", 'at line 1'],
  ["B='never ends", 'unclosed single quote'],
])('%j is refused', (text, error) => {
  expect(readValue(text, 'B')).toMatchObject({ message: expect.stringContaining(error) });
});
