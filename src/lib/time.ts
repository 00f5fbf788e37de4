/** Instants and durations as Kubernetes writes them, worked out from epoch milliseconds without a clock. */

const DAY_MS = 86_400_000;

/** Year, month and day of a day number counted from 1970-01-01 (Howard Hinnant's civil_from_days). */
function civilFromDays(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** The day number (from 1970-01-01) of a date of the Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

const pad = (value: number, width: number) => String(value).padStart(width, '0');

function civilText(epochMs: number): [toSeconds: string, milliseconds: number] {
  const days = Math.floor(epochMs / DAY_MS);
  const ofDay = epochMs - days * DAY_MS;
  const [year, month, day] = civilFromDays(days);
  const seconds = Math.floor(ofDay / 1_000);
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return [`${date}T${time.map((part) => pad(part, 2)).join(':')}`, Math.floor(ofDay % 1_000)];
}

/** RFC 3339 in UTC with whole seconds, cut as `metav1.Time` is: `2026-01-31T08:00:00Z`. */
export function formatTime(epochMs: number): string {
  return `${civilText(epochMs)[0]}Z`;
}

/** RFC 3339 in UTC with six digits, as `metav1.MicroTime`: `2026-01-31T08:00:00.250000Z`. */
export function formatMicroTime(epochMs: number): string {
  const [toSeconds, milliseconds] = civilText(epochMs);
  return `${toSeconds}.${pad(milliseconds, 3)}000Z`;
}

/** RFC 3339 in UTC as Go's RFC3339Nano: without the fraction's trailing zeros, `2026-01-31T08:00:00.25Z`. */
export function formatNanoTime(epochMs: number): string {
  const [toSeconds, milliseconds] = civilText(epochMs);
  const fraction = pad(milliseconds, 3).replace(/0+$/, '');
  return fraction === '' ? `${toSeconds}Z` : `${toSeconds}.${fraction}Z`;
}

/** The instant in UTC as rotated logs are named: `20260131-080000`. */
export function formatStamp(epochMs: number): string {
  return civilText(epochMs)[0].replaceAll(/[-:]/g, '').replace('T', '-');
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Epoch milliseconds of an RFC 3339 text, digits past the millisecond cut; undefined when it is none. */
export function parseTime(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = match;
  const civil = [Number(year), Number(month), Number(day)] as const;
  const days = daysFromCivil(...civil);
  if (civilFromDays(days).some((part, index) => part !== civil[index])) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const ofDaySeconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
  const offsetMinutes = Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0);
  const offsetMs = (sign === '-' ? -1 : 1) * offsetMinutes * 60_000;
  return days * DAY_MS + ofDaySeconds * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMs;
}

/** A duration as Go's `time.Duration` prints it: `1.5s`, `2m3s`, `500ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  const sign = durationMs < 0 ? '-' : '';
  const absMs = Math.abs(durationMs);
  if (absMs < 1) return `${sign}${trim(absMs * 1_000)}µs`;
  if (absMs < 1_000) return `${sign}${trim(absMs)}ms`;
  const totalSeconds = absMs / 1_000;
  const hours = Math.floor(totalSeconds / 3_600);
  const minutes = Math.floor(totalSeconds / 60) % 60;
  const seconds = trim((absMs - (hours * 60 + minutes) * 60_000) / 1_000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** A number with at most six decimals and no trailing zeros. */
function trim(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
