/** A connection in the pods' network: two pipes, seen from one of its ends. */
import type { BytePipe } from '../host/bytes.ts';

/** One end of a connection. */
export interface ConnectionEnd {
  readonly incoming: BytePipe;
  readonly outgoing: BytePipe;
  readonly local: { readonly ip: string; readonly port: number };
  readonly remote: { readonly ip: string; readonly port: number };
  /** Ends both directions; the other side reads to the end of what was sent. */
  close(): void;
}

/** One side of a connection over two pipes. */
export function connectionEnd(
  incoming: BytePipe,
  outgoing: BytePipe,
  local: ConnectionEnd['local'],
  remote: ConnectionEnd['remote'],
): ConnectionEnd {
  let open = true;
  return {
    incoming,
    outgoing,
    local,
    remote,
    close() {
      if (!open) return;
      open = false;
      outgoing.release();
      incoming.closeReader();
    },
  };
}
