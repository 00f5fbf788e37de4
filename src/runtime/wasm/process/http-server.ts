/**
 * Process 1 of a `wasi:http/proxy` component. The component has no main function: the host listens for it, as
 * `wasmtime serve` does, and makes a fresh instance for each request, which is a process of the container.
 */
import { EmptySource } from '../host/bytes.ts';
import { SocketError } from '../host/result.ts';
import { ANY } from '../net/address.ts';
import type { Listener } from '../net/listener.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import { exited } from './exit.ts';
import { HttpConnection } from './http-connection.ts';
import type { Main, Process } from './process.ts';
import { SIGINT, SIGQUIT, SIGTERM, signalNumber } from './signals.ts';

/** Open at once, and so are requests; others wait until they are accepted. */
const CONNECTION_LIMIT = 128;

/** Serves the process's component until a signal ends it. */
export const serve: Main = async (process) => {
  const { world, pod, plan } = process.container;
  try {
    const listener = world.net.listen(pod, ANY, plan.httpPort);
    process.own(() => listener.close());
    while (!listener.opened && process.outcome === undefined)
      await process.wait([listener.acceptable], undefined);
    say(process, `Serving HTTP on http://${ANY}:${plan.httpPort}/`);
    await new HttpServer(process, listener).run();
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    say(process, `Error: cannot listen on ${ANY}:${plan.httpPort}: ${error.payload}`);
    process.end(exited(1));
  }
};

/** Writes a line to the container's standard error. */
export function say(process: Process, line: string): void {
  process.plan.standard.stderr.write(Buffer.from(`${line}\n`));
}

export class HttpServer {
  readonly process: Process;
  readonly #listener: Listener;
  readonly #connections = new Set<HttpConnection>();
  readonly #changed = new WaitQueue();
  readonly #stopSignals: readonly number[];
  #stopping = false;

  constructor(process: Process, listener: Listener) {
    this.process = process;
    this.#listener = listener;
    const own = signalNumber(process.container.plan.stopSignal) ?? SIGTERM;
    this.#stopSignals = [own, SIGTERM, SIGINT, SIGQUIT];
    process.handlesSignals = true;
  }

  /** Once it is to stop no connection carries another request. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Ends when it was told to stop and the last request is answered. */
  async run(): Promise<void> {
    const { process } = this;
    while (process.outcome === undefined) {
      this.#takeSignals();
      if (this.#stopping && this.#connections.size === 0) return;
      this.#accept();
      await process.wait([this.#listener.acceptable, process.signalled, this.#changed], undefined);
    }
  }

  closed(connection: HttpConnection): void {
    this.#connections.delete(connection);
    this.#changed.notify();
  }

  /** Runs `main` in an instance of its own; undefined when the container has too many processes. */
  start(main: Main): Process | undefined {
    const { container, plan, pid } = this.process;
    if (!container.hasRoomForProcess) return undefined;
    const { stdout, stderr } = plan.standard;
    stdout.retain();
    stderr.retain();
    const standard = { stdin: new EmptySource(), stdout, stderr };
    const program = { component: plan.component, arguments: plan.arguments, main };
    return container.run(program, plan.environment, plan.directory, standard, pid, undefined);
  }

  /** A stop signal ends it as a server with a handler ends: what has begun is finished, nothing new begins. */
  #takeSignals(): void {
    const told = this.process.pendingSignals.splice(0);
    if (this.#stopping || !told.some((number) => this.#stopSignals.includes(number))) return;
    this.#stopping = true;
    this.#listener.close();
    for (const connection of [...this.#connections]) connection.stop();
  }

  #accept(): void {
    while (!this.#stopping && this.#connections.size < CONNECTION_LIMIT) {
      const end = this.#listener.accept();
      if (end === undefined) return;
      const connection = new HttpConnection(this, end);
      this.#connections.add(connection);
      connection.begin();
    }
  }
}
