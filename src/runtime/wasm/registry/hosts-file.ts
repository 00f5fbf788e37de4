/**
 * How the user configures registries: `certs.d/HOST/hosts.toml` in containerd's format (docs/hosts.md), or the
 * certificate files of Docker in the same folder. Follows containerd's docker/config/hosts.go.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { PodstepError } from '../../../lib/errors.ts';
import { ALL_CAPABILITIES, type Capability, defaultEndpoint, type Endpoint } from './endpoint.ts';

/** The folder that speaks for every host that has none of its own. */
const DEFAULT_FOLDER = '_default';

type Fields = Readonly<Record<string, unknown>>;

/** The configured folder of a host; undefined when there is none. `localhost:5000` may be written `localhost_5000_`. */
export async function hostFolder(directory: string, host: string): Promise<string | undefined> {
  const escaped = host.replace(/:(\d+)$/, '_$1_');
  for (const name of new Set([escaped, host, DEFAULT_FOLDER])) {
    const folder = join(directory, name);
    // What cannot be looked at counts as not configured; containerd fails there (config/hosts.go HostDirFromRoot).
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder;
  }
  return undefined;
}

/** The servers to ask for `host`, mirrors first. @throws PodstepError BAD_USAGE with file, line and field. */
export async function configuredEndpoints(directory: string, host: string): Promise<readonly Endpoint[]> {
  const folder = await hostFolder(directory, host);
  const own = defaultEndpoint(host);
  if (folder === undefined) return [own];
  const file = join(folder, 'hosts.toml');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (text.trim() === '') return [{ ...own, ...(await certificateFiles(folder)) }];
  return new HostsFile(file, folder).read(text, own);
}

/** Docker's layout: `*.crt` are authorities, `NAME.cert` and `NAME.key` a client's pair. */
async function certificateFiles(folder: string): Promise<Partial<Endpoint>> {
  const names = (await readdir(folder)).sort();
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const authorities = await Promise.all(names.filter((name) => name.endsWith('.crt')).map(read));
  const cert = names.find((name) => name.endsWith('.cert'));
  if (authorities.length === 0 && cert === undefined) return {};
  const pair = cert && {
    clientCertificate: await read(cert),
    clientKey: await read(cert.replace(/\.cert$/, '.key')),
  };
  return { authorities, skipVerify: false, ...pair };
}

class HostsFile {
  readonly #file: string;
  readonly #folder: string;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
  }

  async read(text: string, own: Endpoint): Promise<readonly Endpoint[]> {
    const root = this.#parse(text);
    const { server, host: hosts = {} } = root;
    const mirrors = Object.entries(this.#table(hosts, 'host'));
    const endpoints: Endpoint[] = [];
    for (const [url, fields] of mirrors)
      endpoints.push(await this.#endpoint(url, this.#table(fields, `host."${url}"`), `host."${url}".`));
    endpoints.push(
      server === undefined
        ? { ...own, ...(await this.#settings(root, '')) }
        : await this.#endpoint(this.#text(server, 'server'), root, ''),
    );
    return endpoints;
  }

  #fail(problem: string, cause?: unknown): never {
    throw new PodstepError('BAD_USAGE', `${this.#file}${problem}`, {
      advice:
        "The file's format is containerd's: https://github.com/containerd/containerd/blob/main/docs/hosts.md",
      ...(cause === undefined ? {} : { cause }),
    });
  }

  #parse(text: string): Fields {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [problem = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      return this.#fail(`:${error.line}:${error.column}: ${problem}`, error);
    }
  }

  #table(value: unknown, field: string): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    return this.#fail(`: ${field}: must be a table`);
  }

  #text(value: unknown, field: string): string {
    return typeof value === 'string' ? value : this.#fail(`: ${field}: must be a string`);
  }

  #texts(value: unknown, field: string): readonly string[] {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => this.#text(one, field));
  }

  async #endpoint(server: string, fields: Fields, prefix: string): Promise<Endpoint> {
    const address = server.startsWith('http') ? server : `https://${server}`;
    if (!URL.canParse(address))
      this.#fail(`: ${prefix === '' ? 'server' : prefix.slice(0, -1)}: is no URL: ${server}`);
    const url = new URL(address);
    const path = url.pathname === '/' ? '' : posix.normalize(url.pathname).replace(/\/$/, '');
    const isOverridden = fields.override_path === true;
    const settings = await this.#settings(fields, prefix);
    const isAmbiguous = url.protocol === 'http:' && settings.hasTls && url.port !== '';
    return {
      ...defaultEndpoint(url.host),
      scheme: url.protocol === 'http:' && !isAmbiguous ? 'http' : 'https',
      host: url.host,
      path: path.endsWith('/v2') || isOverridden ? path : `${path}/v2`,
      ...settings,
      fallsBackToHttp: isAmbiguous,
    };
  }

  async #settings(fields: Fields, prefix: string): Promise<TlsAndMore> {
    const { capabilities, ca, client, skip_verify, header, dial_timeout } = fields;
    const authorities = ca === undefined ? [] : await this.#files(this.#texts(ca, `${prefix}ca`));
    const pair = client === undefined ? {} : await this.#clientPair(client, `${prefix}client`);
    return {
      capabilities: capabilities === undefined ? ALL_CAPABILITIES : this.#capabilities(capabilities, prefix),
      authorities,
      skipVerify: skip_verify === true,
      hasTls: authorities.length > 0 || skip_verify !== undefined || client !== undefined,
      headers: header === undefined ? {} : this.#headers(header, `${prefix}header`),
      ...pair,
      ...(dial_timeout === undefined
        ? {}
        : { connectMs: this.#duration(dial_timeout, `${prefix}dial_timeout`) }),
    };
  }

  #capabilities(value: unknown, prefix: string): ReadonlySet<Capability> {
    const field = `${prefix}capabilities`;
    const isCapability = (one: string): one is Capability => ALL_CAPABILITIES.has(one as Capability);
    const found = this.#texts(value, field).map((one) => {
      const name = one.toLowerCase();
      return isCapability(name) ? name : this.#fail(`: ${field}: unknown capability ${one}`);
    });
    return new Set(found);
  }

  #headers(value: unknown, field: string): Readonly<Record<string, readonly string[]>> {
    const entries = Object.entries(this.#table(value, field));
    return Object.fromEntries(entries.map(([name, one]) => [name, this.#texts(one, `${field}.${name}`)]));
  }

  /** `10s`, `500ms`. */
  #duration(value: unknown, field: string): number {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(this.#text(value, field));
    if (!match) return this.#fail(`: ${field}: is no duration such as "10s": ${String(value)}`);
    return Number(match[1]) * ({ ms: 1, s: 1_000, m: 60_000 }[match[2] ?? ''] ?? 0);
  }

  async #clientPair(
    value: unknown,
    field: string,
  ): Promise<{ clientCertificate: string; clientKey?: string }> {
    const first = Array.isArray(value) ? value[0] : value;
    const [certificate = '', key] = await this.#files(this.#texts(first, field));
    return { clientCertificate: certificate, ...(key === undefined ? {} : { clientKey: key }) };
  }

  #files(names: readonly string[]): Promise<string[]> {
    const path = (name: string) => (isAbsolute(name) ? name : join(this.#folder, name));
    return Promise.all(
      names.map((name) =>
        readFile(path(name), 'utf8').catch((error) => this.#fail(`: unable to read ${path(name)}`, error)),
      ),
    );
  }
}

type TlsAndMore = Pick<
  Endpoint,
  'capabilities' | 'authorities' | 'skipVerify' | 'headers' | 'clientCertificate' | 'clientKey' | 'connectMs'
> & { readonly hasTls: boolean };
