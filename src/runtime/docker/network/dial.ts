/** Connections from the node to a pod's address, in the shape that the probes' clients of both runtimes read and write. */
import net from 'node:net';
import tls from 'node:tls';
import { RuntimeError } from '../../port.ts';
import { BytePipe } from '../../wasm/host/bytes.ts';
import { join } from '../../wasm/net/bridge.ts';
import { type ConnectionEnd, connectionEnd } from '../../wasm/net/connection.ts';
import { asExchangeError } from '../../wasm/registry/dial-error.ts';

export interface Dial {
  readonly host: string;
  readonly port: number;
  /** With TLS: whatever certificate is shown is taken, as the kubelet's probes do (pkg/probe/http/http.go). */
  readonly secure?: boolean;
  /** Ends the connection, whether it stands yet or not. */
  readonly signal: AbortSignal;
}

/** A connection that stands. @throws RuntimeError Unavailable, in the words of Go's net package */
export function dial({ host, port, secure = false, signal }: Dial): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const options = { host, port, allowHalfOpen: true };
    const socket = secure ? tls.connect({ ...options, rejectUnauthorized: false }) : net.connect(options);
    const stop = () => socket.destroy(new RuntimeError('DeadlineExceeded', 'context deadline exceeded'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    socket.once('close', () => signal.removeEventListener('abort', stop));
    socket.once('error', (error) => {
      reject(
        error instanceof RuntimeError
          ? error
          : new RuntimeError('Unavailable', asExchangeError(error).message, { cause: error }),
      );
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

/** The same as two pipes. */
export async function dialEnd(wanted: Dial): Promise<ConnectionEnd> {
  const socket = await dial(wanted);
  const [toPod, fromPod] = [new BytePipe(), new BytePipe()];
  const here = { ip: socket.localAddress ?? '', port: socket.localPort ?? 0 };
  const there = { ip: wanted.host, port: wanted.port };
  join(socket, connectionEnd(toPod, fromPod, there, here));
  return connectionEnd(fromPod, toPod, here, there);
}
