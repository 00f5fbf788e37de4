/** The rules for names, labels and ports, with Kubernetes' own sentences (apimachinery pkg/util/validation). */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const LABEL_REGEX = new RegExp(`^${LABEL}$`);
const LABEL_MAX = 63;
const SUBDOMAIN_MAX = 253;

/** A rule returns the sentences that the value breaks; none: it is fine. */
export type Rule = (value: string) => string[];

/** `must ... (e.g. 'a',  or 'b', regex used for validation is 'r')`, with Kubernetes' two blanks. */
function regexError(message: string, regex: string, ...examples: string[]): string {
  const shown = examples.map((example, i) => `${i > 0 ? ' or ' : ''}'${example}', `).join('');
  return `${message} (e.g. ${shown}regex used for validation is '${regex}')`;
}

const tooManyBytes = (max: number) => `must be no more than ${max} bytes`;
const bytesOf = (value: string) => new TextEncoder().encode(value).length;

/** A DNS label: the name of a container, a volume, a namespace. */
export const isDns1123Label: Rule = (value) => {
  const errors: string[] = [];
  if (bytesOf(value) > LABEL_MAX) errors.push(tooManyBytes(LABEL_MAX));
  if (LABEL_REGEX.test(value)) return errors;
  if (isSubdomain(value)) return [...errors, 'must not contain dots'];
  const message =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexError(message, LABEL, 'my-name', '123-abc')];
};

/** A DNS subdomain: the name of a pod, a node, a service account. */
export const isDns1123Subdomain: Rule = (value) => {
  const errors = bytesOf(value) > SUBDOMAIN_MAX ? [tooManyBytes(SUBDOMAIN_MAX)] : [];
  if (isSubdomain(value)) return errors;
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(message, SUBDOMAIN, 'example.com')];
};

/** The name of a Service: a DNS label that begins with a letter. */
export const isDns1035Label: Rule = (value) => {
  const errors = bytesOf(value) > LABEL_MAX ? [tooManyBytes(LABEL_MAX)] : [];
  if (new RegExp(`^${LABEL_1035}$`).test(value)) return errors;
  const message =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, regexError(message, LABEL_1035, 'my-name', 'abc-123')];
};

/** A name that only has to fit into a path: of roles and their bindings, `system:node`. */
export const isPathSegmentName: Rule = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((char) => value.includes(char)).map((char) => `may not contain '${char}'`);
};

/** Label by label: the expression as a whole would try every way to split a long name. */
function isSubdomain(value: string): boolean {
  return value.split('.').every((label) => LABEL_REGEX.test(label));
}

/** `prefix/name`: the key of a label or an annotation, a resource, a condition. */
export const isQualifiedName: Rule = (value) => qualified(value, 'a qualified name');

/** The same for the key of a label, under the name that newer releases give it. */
export const isLabelKey: Rule = (value) => qualified(value, 'a valid label key');

function qualified(value: string, what: string): string[] {
  const rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const examples = ['MyName', 'my.name', '123-abc'];
  const parts = value.split('/');
  const errors: string[] = [];
  if (parts.length > 2) {
    const suffix = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return [`${regexError(`${what} ${rule}`, QUALIFIED, ...examples)}${suffix}`];
  }
  if (parts.length === 2) {
    const [prefix = ''] = parts;
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...isDns1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  }
  const name = parts.at(-1) ?? '';
  if (name === '') errors.push('name part must be non-empty');
  else if (bytesOf(name) > LABEL_MAX) errors.push(`name part ${tooManyBytes(LABEL_MAX)}`);
  if (!new RegExp(`^${QUALIFIED}$`).test(name)) {
    errors.push(`name part ${regexError(rule, QUALIFIED, ...examples)}`);
  }
  return errors;
}

/** The value of a label; it may be empty. */
export const isLabelValue: Rule = (value) => {
  const errors = bytesOf(value) > LABEL_MAX ? [tooManyBytes(LABEL_MAX)] : [];
  if (new RegExp(`^${LABEL_VALUE}$`).test(value)) return errors;
  const message =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(message, LABEL_VALUE, 'MyValue', 'my_value', '12345')];
};

/** The name of a container's port (an IANA service name). */
export const isPortName: Rule = (value) => {
  const errors: string[] = [];
  if (value.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
};

/** The name of an environment variable (the relaxed rule of v1.34 and later). */
export const isEnvVarName: Rule = (value) =>
  /^[ -<>-~]+$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** The key in a ConfigMap or a Secret. */
export const isConfigMapKey: Rule = (value) => {
  const errors: string[] = [];
  if (value.length > SUBDOMAIN_MAX) errors.push(tooManyBytes(SUBDOMAIN_MAX));
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    return [...errors, regexError(message, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name')];
  }
  if (value === '.') errors.push("must not be '.'");
  else if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};

/** The name of an HTTP header. */
export const isHttpHeaderName: Rule = (value) =>
  /^[-A-Za-z0-9]+$/.test(value)
    ? []
    : [
        regexError(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          '[-A-Za-z0-9]+',
          'X-Header-Name',
        ),
      ];

/** Whether a number is a port's. */
export function isPortNumber(value: number): string[] {
  return inRange(value, 1, 65_535);
}

/** `must be between a and b, inclusive`, or nothing. */
export function inRange(value: number, low: number, high: number): string[] {
  return value >= low && value <= high ? [] : [`must be between ${low} and ${high}, inclusive`];
}

const SEARCH_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH = new RegExp(`^${SEARCH_LABEL}(\\.${SEARCH_LABEL})*$`);

/** A domain in a search list: a subdomain that may have underscores (IsDNS1123SubdomainWithUnderscore). */
export const isSearchDomain: Rule = (value) => {
  if (value.length <= SUBDOMAIN_MAX && SEARCH.test(value)) return [];
  return isDns1123Subdomain(value);
};

/** An address of either family, without leading zeros (IsValidIP). */
export const isIpAddress: Rule = (value) =>
  isIp(value) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];

function isIp(text: string): boolean {
  const octets = text.split('.');
  const isV4 =
    octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  if (isV4) return true;
  const groups = text.split(':');
  const zips = text.split('::').length - 1;
  const wellFormed = groups.every((group) => /^[0-9a-fA-F]{0,4}$/.test(group));
  return (
    wellFormed &&
    zips <= 1 &&
    (zips === 1 ? groups.length <= 8 && text.length >= 2 : groups.length === 8 && !groups.includes(''))
  );
}

/** A name that the API server completes may end in a dash. */
export function prefixOf(generateName: string): string {
  return generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
}
