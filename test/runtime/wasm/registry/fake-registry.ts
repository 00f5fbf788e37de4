/** A registry in this process that does what a test wants: a well-behaved one, until `behave` says otherwise. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';

export interface Part {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers in the registry's place; true when it has. */
export type Behaviour = (asked: Asked, response: ServerResponse) => boolean | undefined;

export const TYPE = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  wasmConfig: 'application/vnd.wasm.config.v0+json',
  wasm: 'application/wasm',
  config: 'application/vnd.oci.image.config.v1+json',
  tar: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const describePart = ({ mediaType, bytes, annotations }: Part) => ({
  mediaType,
  digest: sha256(bytes),
  size: bytes.length,
  ...(annotations && { annotations }),
});

export class FakeRegistry {
  readonly #server: Server;
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #manifests = new Map<string, Part>();
  readonly asked: Asked[] = [];
  behave: Behaviour = () => undefined;
  /** Requests under way, and the most there were of blobs. */
  most = 0;
  #open = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get host(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not started');
    return `127.0.0.1:${address.port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  blob(bytes: Uint8Array): void {
    this.#blobs.set(sha256(bytes), bytes);
  }

  /** Serves a manifest as `reference` (a tag) and by its digest, which it returns. */
  manifest(reference: string, bytes: Uint8Array, mediaType: string = TYPE.manifest): string {
    const digest = sha256(bytes);
    this.#manifests.set(reference, { mediaType, bytes });
    this.#manifests.set(digest, { mediaType, bytes });
    return digest;
  }

  /** Serves a whole image; returns its manifest's descriptor. */
  image(
    reference: string,
    config: Part,
    layers: readonly Part[],
    more: object = {},
  ): ReturnType<typeof describePart> {
    for (const { bytes } of [config, ...layers]) this.blob(bytes);
    const manifest = {
      schemaVersion: 2,
      mediaType: TYPE.manifest,
      config: describePart(config),
      layers: layers.map(describePart),
      ...more,
    };
    this.manifest(reference, json(manifest));
    return describePart({ mediaType: TYPE.manifest, bytes: json(manifest) });
  }

  /** What was asked for below `/v2/...`, as `GET blobs`. */
  get paths(): string[] {
    return this.asked.map(
      ({ method, path }) => `${method} ${path.replace(/^\/v2\/[^/]+\//, '').replace(/[/:].*/, '')}`,
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { method = '', headers } = request;
    const asked = { method, path: decodeURIComponent(url.pathname), query: url.searchParams, headers, body };
    this.asked.push(asked);
    if (this.behave(asked, response)) return;
    this.#answer(asked, response);
  }

  #answer({ method, path, headers }: Asked, response: ServerResponse): void {
    const [, kind, reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const found =
      kind === 'manifests'
        ? this.#manifests.get(reference)
        : { mediaType: 'application/octet-stream', bytes: this.#blobs.get(reference) };
    if (!found?.bytes) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known"}]}');
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const bytes = found.bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-type': found.mediaType,
      'content-length': bytes.length,
      'docker-content-digest': sha256(found.bytes),
      ...(from > 0 && { 'content-range': `bytes ${from}-${found.bytes.length - 1}/${found.bytes.length}` }),
    });
    if (method === 'HEAD') response.end();
    else this.#send(kind === 'blobs', bytes, response);
  }

  /** Blobs take a moment, so that several are under way at once. */
  #send(isBlob: boolean, bytes: Uint8Array, response: ServerResponse): void {
    if (!isBlob) {
      response.end(bytes);
      return;
    }
    this.#open += 1;
    this.most = Math.max(this.most, this.#open);
    setTimeout(() => {
      this.#open -= 1;
      response.end(bytes);
    }, 20);
  }
}
