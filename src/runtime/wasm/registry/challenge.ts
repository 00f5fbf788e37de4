/** WWW-Authenticate: how a registry wants to be asked (RFC 9110 section 11.6.1, distribution's token specification). */

export interface Challenge {
  /** In lower case: `bearer`, `basic`, or one that nobody here speaks. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))\\s*`);
const SCHEME = new RegExp(`^(${TOKEN})(?:\\s+|$)`);

/** A header longer than this is not read further. */
const LONGEST_HEADER = 8_192;

/** The challenges of one header, those with a token first (containerd: docker/auth/parse.go sorts them so). */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let rest = header.slice(0, LONGEST_HEADER).trimStart();
  while (rest !== '') {
    const parameter = PARAMETER.exec(rest);
    const current = found.at(-1);
    if (parameter && current) {
      const [whole, name = '', quoted, plain = ''] = parameter;
      current.parameters[name.toLowerCase()] = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1');
      rest = rest.slice(whole.length);
    } else {
      const scheme = SCHEME.exec(rest);
      if (!scheme) break;
      found.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: {} });
      rest = rest.slice(scheme[0].length);
    }
    rest = rest.replace(/^[\s,]+/, '');
  }
  const rank = ({ scheme }: Challenge) => (scheme === 'bearer' ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
