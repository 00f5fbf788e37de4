/** Reads and writes scenario files: commands with the output that they must give. */

/** A command with its body and its expected output, or lines that only tell. */
export type Part =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | {
      readonly kind: 'command';
      readonly command: string;
      /** The indented lines below it, without their indentation: a manifest, a file. */
      readonly body: readonly string[];
      readonly expected: readonly string[];
    };

const INDENT = '  ';

export function parseScenario(text: string): readonly Part[] {
  const parts: Part[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const command = lines[i] ?? '';
    if (command === '' || command.startsWith('#')) {
      parts.push({ kind: 'text', lines: [command] });
      continue;
    }
    const body: string[] = [];
    while (lines[i + 1]?.startsWith(INDENT)) body.push(lines[++i]?.slice(INDENT.length) ?? '');
    const expected: string[] = [];
    if (lines[i + 1] === '----') {
      for (i += 2; i < lines.length && lines[i] !== ''; i++) expected.push(lines[i] ?? '');
      i--;
    }
    parts.push({ kind: 'command', command, body, expected });
  }
  return parts;
}

export function formatScenario(parts: readonly Part[]): string {
  const lines = parts.flatMap((part, index) => {
    if (part.kind === 'text') return part.lines;
    const told = [part.command, ...part.body.map((line) => `${INDENT}${line}`)];
    if (part.expected.length === 0) return told;
    // An empty line ends the output; where the file has none yet, it gets one.
    const next = parts[index + 1];
    const isEnded = next === undefined || (next.kind === 'text' && next.lines[0] === '');
    const end = isEnded ? [] : [''];
    return [...told, '----', ...part.expected, ...end];
  });
  return lines.join('\n');
}
