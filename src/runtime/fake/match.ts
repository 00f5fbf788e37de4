/** Finds the rule of the script that a pod, container or image falls under. */
import type { Match, Span } from './script.ts';

/** What a call is about, as far as it is known. */
export interface Subject {
  readonly pod?: string;
  readonly container?: string;
  readonly image?: string;
  readonly attempt?: number;
  readonly command?: readonly string[];
}

/** True when `text` equals `pattern`, or begins as it does up to a closing `*`. */
export function matchesText(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** True when every field that the rule names fits; a field the subject does not have does not fit. */
export function matches(match: Match, subject: Subject): boolean {
  if (match.pod !== undefined && match.pod !== subject.pod) return false;
  if (match.container !== undefined && match.container !== subject.container) return false;
  if (match.image !== undefined && !matchesText(match.image, subject.image ?? '')) return false;
  if (match.command !== undefined && !matchesText(match.command, subject.command?.join(' ') ?? '')) {
    return false;
  }
  return match.attempt === undefined || matchesAttempt(match.attempt, subject.attempt);
}

function matchesAttempt(wanted: NonNullable<Match['attempt']>, attempt: number | undefined): boolean {
  if (attempt === undefined) return false;
  if (typeof wanted === 'number') return attempt === wanted;
  return attempt >= wanted.from && (wanted.to === undefined || attempt <= wanted.to);
}

/** True when `sinceStartMs` lies in the span. */
export function within(span: Span, sinceStartMs: number): boolean {
  return sinceStartMs >= (span.fromMs ?? 0) && sinceStartMs < (span.untilMs ?? Number.POSITIVE_INFINITY);
}

/**
 * One spelling for one image: `docker.io/library/busybox` and `busybox:latest` are the same name
 * (distribution/reference, normalize.go).
 */
export function familiarImage(name: string): string {
  const short = name.replace(/^docker\.io\//, '').replace(/^library\//, '');
  const lastPart = short.slice(short.lastIndexOf('/') + 1);
  return lastPart.includes(':') || lastPart.includes('@') ? short : `${short}:latest`;
}

/** True when every wanted label is there with its value. */
export function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
