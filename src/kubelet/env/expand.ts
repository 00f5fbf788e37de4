/** `$(VAR)` references in commands, arguments and values, put in before a container is created. */
import type { EnvVar } from '../../api/types.ts';

/**
 * third_party/forked/golang/expansion Expand: `$(NAME)` becomes the value, `$$` a dollar sign, and a
 * reference without a value, or without its closing parenthesis, stays as it stands.
 */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const next = text[at + 1];
    if (text[at] !== '$' || next === undefined) {
      out += text[at];
      at += 1;
    } else if (next === '$') {
      out += '$';
      at += 2;
    } else if (next !== '(') {
      out += `$${next}`;
      at += 2;
    } else {
      const end = text.indexOf(')', at + 2);
      if (end < 0) {
        out += '$(';
        at += 2;
      } else {
        const name = text.slice(at + 2, end);
        out += lookUp(name) ?? `$(${name})`;
        at = end + 1;
      }
    }
  }
  return out;
}

/** Only the values that stand in the manifest count (ExpandContainerCommandOnlyStatic, for exec probes). */
export function expandStatic(text: string, env: readonly EnvVar[] | undefined): string {
  return expand(text, (name) => {
    const variable = env?.findLast((candidate) => candidate.name === name);
    return variable && (variable.value ?? '');
  });
}
