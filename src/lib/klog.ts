/** A line of the kubelet's log in klog's form, as `journalctl -u kubelet` shows it. Follows k8s.io/klog v2. */
import { formatMicroTime } from './time.ts';

/** Info, warning, error, fatal. */
export type KlogSeverity = 'I' | 'W' | 'E' | 'F';

/** Texts (and what prints itself as one: objects, durations, errors) are quoted; the rest is written as JSON. */
export type KlogValue =
  | string
  | number
  | boolean
  | null
  | readonly KlogValue[]
  | { readonly [key: string]: KlogValue };

export interface KlogRecord {
  readonly severity: KlogSeverity;
  /** The source file of the real kubelet that logs this. */
  readonly file: string;
  readonly message: string;
  readonly values: Readonly<Record<string, KlogValue>>;
  /** False for what is still logged as a plain sentence (`klog.Infof`): it is not quoted. */
  readonly structured: boolean;
}

/** Line numbers move with every release; 1 is klog's own word for a line that it does not know. */
const LINE = 1;

/** `1` is what a process is called in its own container; klog gives the number seven places. */
const PID = '1'.padStart(7);

/** `I1123 08:00:00.000000       1 kubelet.go:1] "SyncLoop ADD" source="api" pods=["default/web"]`. */
export function klogLine({ severity, file, message, values, structured }: KlogRecord, atMs: number): string {
  const [, month = '', day = '', time = ''] = /^\d+-(\d+)-(\d+)T(.*)Z$/.exec(formatMicroTime(atMs)) ?? [];
  const head = `${severity}${month}${day} ${time} ${PID} ${file}:${LINE}] `;
  const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${valueText(value)}`);
  return `${head}${structured ? goQuote(message) : message}${pairs.join('')}`;
}

/** internal/serialize/keyvalues.go: a text of several lines stands below its key, each line behind a tab. */
function valueText(value: KlogValue): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (!value.includes('\n')) return goQuote(value);
  const lines = value.replace(/\n$/, '').split('\n');
  return `<\n${lines.map((line) => `\t${line}\n`).join('')} >`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Go's strconv.Quote. */
export function goQuote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what cannot be printed is escaped
  const quoted = text.replace(/["\\\x00-\x1f\x7f-\xa0\xad\u2028\u2029\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    const hex =
      code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    return ESCAPES[char] ?? hex;
  });
  return `"${quoted}"`;
}
