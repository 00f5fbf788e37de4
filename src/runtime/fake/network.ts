/** The fake pod network: the ports on which running programs listen, as their scripts say. */
import { type PodNetwork, RuntimeError } from '../port.ts';
import { within } from './match.ts';
import type { FakeNode } from './node.ts';
import type { PortAnswer } from './script.ts';

export function fakeNetwork(node: FakeNode): PodNetwork {
  return {
    // Scripted programs look nobody up.
    async setServices() {},
    async httpGet({ host, port, path }, timeoutSeconds) {
      const answers = listening(node, host, port);
      const answer = answers.find((one) => one.path === undefined || one.path === path.split('?')[0]);
      const found = answer ?? { port, statusCode: 404, body: '404 page not found\n' };
      await spend(node, found, timeoutSeconds, 'context deadline exceeded');
      if (found.statusCode === undefined) throw new RuntimeError('Unavailable', 'EOF');
      return { statusCode: found.statusCode, body: found.body ?? '' };
    },
    async grpcHealthCheck(host, port, service, timeoutSeconds) {
      const server = grpcServer(node, host, port);
      // Nobody speaks gRPC there: the client tries until its time is over.
      if (server?.grpc === undefined) await node.clock.sleep(timeoutSeconds * 1000);
      if (server?.grpc === undefined) throw new RuntimeError('DeadlineExceeded', 'context deadline exceeded');
      await spend(node, server, timeoutSeconds, 'context deadline exceeded');
      const status = server.grpc[service];
      if (status === undefined) throw new RuntimeError('NotFound', 'unknown service');
      return status;
    },
    async tcpConnect(host, port, timeoutSeconds) {
      listening(node, host, port);
      await spend(node, { port }, timeoutSeconds, `dial tcp ${host}:${port}: i/o timeout`);
    },
  };
}

function grpcServer(node: FakeNode, host: string, port: number): PortAnswer | undefined {
  try {
    return listening(node, host, port).find(({ grpc }) => grpc !== undefined);
  } catch (error) {
    if (error instanceof RuntimeError) return undefined;
    throw error;
  }
}

/** Everything that listens there now. Throws, in Go's words, when nothing does. */
export function listening(node: FakeNode, host: string, port: number): readonly PortAnswer[] {
  const sandbox = [...node.sandboxes.values()].find(
    ({ status }) => status.state === 'SANDBOX_READY' && (status.hostNetwork || status.ip === host),
  );
  if (sandbox === undefined) {
    throw new RuntimeError('Unavailable', `dial tcp ${host}:${port}: connect: no route to host`);
  }
  const nowMs = node.clock.now();
  const answers = node
    .containersOf(sandbox.status.id)
    .filter(({ status }) => status.state === 'CONTAINER_RUNNING')
    .flatMap(({ program, status }) =>
      (program.ports ?? []).filter((one) => one.port === port && within(one, nowMs - status.startedAtMs)),
    );
  if (answers.length === 0) {
    throw new RuntimeError('Unavailable', `dial tcp ${host}:${port}: connect: connection refused`);
  }
  return answers;
}

async function spend(node: FakeNode, answer: PortAnswer, timeoutSeconds: number, late: string) {
  const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : Number.POSITIVE_INFINITY;
  await node.clock.sleep(Math.min(answer.takesMs ?? 0, timeoutMs));
  if ((answer.takesMs ?? 0) > timeoutMs) throw new RuntimeError('DeadlineExceeded', late);
}
