/** Durations as Go writes them: `90s`, `2m`, `1h30m`, `1.5s`, `300ms`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/** Milliseconds of a duration that is not negative (Go's time.ParseDuration); undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let totalMs = 0;
  let end = 0;
  for (const part of text.matchAll(PART)) {
    const [whole, amount, unit = ''] = part;
    totalMs += Number(amount) * (UNIT_MS[unit] ?? 0);
    end += whole.length;
  }
  return text !== '' && end === text.length ? totalMs : undefined;
}

export type ParsedDuration =
  | { readonly ok: true; readonly durationMs: number }
  | { readonly ok: false; readonly error: string };

/** Milliseconds of a duration with or without a sign, or Go's own words (time.ParseDuration). */
export function parseGoDuration(text: string): ParsedDuration {
  const negative = text.startsWith('-');
  const amount = negative || text.startsWith('+') ? text.slice(1) : text;
  const durationMs = parseDuration(amount);
  if (durationMs !== undefined)
    return { ok: true, durationMs: negative && durationMs > 0 ? -durationMs : durationMs };
  const quoted = JSON.stringify(text);
  const unit = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*(?:\d+(?:\.\d*)?|\.\d+)([^\d.]*)/.exec(
    amount,
  )?.[1];
  if (unit === undefined) return { ok: false, error: `time: invalid duration ${quoted}` };
  const error = unit === '' ? 'missing unit' : `unknown unit ${JSON.stringify(unit)}`;
  return { ok: false, error: `time: ${error} in duration ${quoted}` };
}
