/** Files of environment variables, for `fileKeyRef`: `NAME='value'` a line, a small part of what a shell reads. */

export type EnvFileValue =
  /** Empty when the file does not have the key. */
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

/** The end of a value in single quotes: nothing but a comment may follow it on its line. */
const AFTER_QUOTE = /^[ \t]*(?:[ \t]#.*)?$/;

/**
 * pkg/kubelet/util/env ParseEnv: the value of `key`. Values stand in single quotes and are taken as they are,
 * over several lines if need be; lines after the key's are not looked at.
 */
export function parseEnvFile(text: string, key: string): EnvFileValue {
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/^[ \t]+/, '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const failed = (why: string): EnvFileValue => ({
      ok: false,
      error: `invalid environment variable format at line ${at + 1}${why}`,
    });
    const equals = line.indexOf('=');
    if (equals <= 0) return failed('');
    const name = line.slice(0, equals);
    if (/\s/.test(name)) return failed(": whitespace before '=' is not allowed");
    if (line[equals + 1] !== "'") return failed(': value must be enclosed in single quotes');
    let rest = line.slice(equals + 2);
    const value: string[] = [];
    while (!rest.includes("'")) {
      value.push(rest);
      at += 1;
      const next = lines[at];
      if (next === undefined) return failed(': unclosed single quote');
      rest = next;
    }
    const quote = rest.indexOf("'");
    value.push(rest.slice(0, quote));
    if (!AFTER_QUOTE.test(rest.slice(quote + 1))) return failed(': unexpected content after closing quote');
    if (name === key) return { ok: true, value: value.join('\n') };
  }
  return { ok: true, value: '' };
}
