/**
 * Hosts of which nothing was heard a moment ago. A kubelet asks again and again, in virtual time within milliseconds:
 * a node without a network should not wait for each of them.
 */
import { ExchangeError } from './dial-error.ts';

/** More hosts are not remembered. */
const MOST_HOSTS = 256;

export class Unreachable {
  readonly #forMs: number;
  readonly #hosts = new Map<string, { readonly untilMs: number; readonly message: string }>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** @throws ExchangeError as it was then, when the host could not be reached lately. */
  check(host: string): void {
    const known = this.#hosts.get(host);
    if (known === undefined) return;
    if (performance.now() < known.untilMs) throw new ExchangeError(known.message, { isUnanswered: true });
    this.#hosts.delete(host);
  }

  /** Remembers the host when that is what went wrong. */
  note(host: string, { message, isUnreachable }: ExchangeError): void {
    if (!isUnreachable) return;
    if (this.#hosts.size >= MOST_HOSTS) this.#hosts.clear();
    this.#hosts.set(host, { untilMs: performance.now() + this.#forMs, message });
  }
}
