import { beforeEach, describe, expect, test } from 'vitest';
import { socketImports } from '../../../../src/runtime/wasm/host/sockets.ts';
import type { TcpSocket } from '../../../../src/runtime/wasm/host/tcp.ts';
import type { UdpSocket } from '../../../../src/runtime/wasm/host/udp.ts';
import { type SocketAddress, socketAddress } from '../../../../src/runtime/wasm/net/address.ts';
import { NetPod, PodNet } from '../../../../src/runtime/wasm/net/pod-net.ts';
import type { Process } from '../../../../src/runtime/wasm/process/process.ts';
import { processOn } from './fake-process.ts';

const IPV6: SocketAddress = { tag: 'ipv6', val: { port: 80 } };
const SERVER = '10.244.0.2';
const CLIENT = '10.244.0.3';

let net: PodNet;
let denied: string[];

/** What a process of the pod at `ip` may call. */
function socketsOf(ip: string) {
  const pod = new NetPod({ sandboxId: ip, ip, hostname: `pod-${ip}` });
  net.attach(pod);
  const { process } = processOn('memory');
  const container = {
    pod,
    world: { net },
    denied: (host: string, port: number) => denied.push(`${host}:${port}`),
  };
  const imports = socketImports({ ...bound(process), container } as unknown as Process);
  return {
    tcp: (family = 'ipv4') => call<TcpSocket>(imports, 'tcp-create-socket', 'createTcpSocket', family),
    udp: (family = 'ipv4') => call<UdpSocket>(imports, 'udp-create-socket', 'createUdpSocket', family),
    lookUp: (name: string) =>
      call<{ resolveNextAddress(): unknown }>(imports, 'ip-name-lookup', 'resolveAddresses', undefined, name),
  };
}

const bound = (process: ReturnType<typeof processOn>['process']) => ({
  own: process.own.bind(process),
  disown() {},
  hostCall() {},
  waitingCall() {},
});

function call<T>(
  imports: Record<string, Record<string, unknown>>,
  name: string,
  fn: string,
  ...args: unknown[]
): T {
  const found = imports[`wasi:sockets/${name}`]?.[fn] as (...given: unknown[]) => T;
  return found(...args);
}

/** The error code that a call ends with. */
function codeOf(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return (error as { payload?: unknown }).payload;
  }
  return 'ok';
}

let server: ReturnType<typeof socketsOf>;
let client: ReturnType<typeof socketsOf>;

beforeEach(() => {
  net = new PodNet();
  denied = [];
  server = socketsOf(SERVER);
  client = socketsOf(CLIENT);
});

function listening(port = 80, ip = '0.0.0.0'): TcpSocket {
  const socket = server.tcp();
  socket.startBind(undefined, socketAddress(ip, port));
  socket.finishBind();
  socket.startListen();
  socket.finishListen();
  return socket;
}

function connected() {
  const listener = listening();
  const here = client.tcp();
  here.startConnect(undefined, socketAddress(SERVER, 80));
  const [input, output] = here.finishConnect();
  const [there, theirInput, theirOutput] = listener.accept();
  return { listener, here, input, output, there, theirInput, theirOutput };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('a TCP socket', () => {
  test('says in each state what cannot be done there', () => {
    const socket = server.tcp();
    expect(codeOf(() => socket.localAddress())).toBe('invalid-state');
    expect(codeOf(() => socket.remoteAddress())).toBe('invalid-state');
    expect(codeOf(() => socket.startListen())).toBe('invalid-state');
    expect(codeOf(() => socket.accept())).toBe('invalid-state');
    expect(codeOf(() => socket.shutdown('both'))).toBe('invalid-state');
    expect(codeOf(() => socket.finishBind())).toBe('not-in-progress');
    expect(codeOf(() => socket.finishConnect())).toBe('not-in-progress');
    expect(codeOf(() => socket.finishListen())).toBe('not-in-progress');
    socket.startBind(undefined, socketAddress(SERVER, 0));
    expect(codeOf(() => socket.startBind(undefined, socketAddress(SERVER, 0)))).toBe('concurrency-conflict');
    expect(codeOf(() => socket.localAddress())).toBe('concurrency-conflict');
    socket.finishBind();
    expect(codeOf(() => socket.startBind(undefined, socketAddress(SERVER, 0)))).toBe('invalid-state');
    expect(socket.localAddress()).toMatchObject({
      val: { address: [10, 244, 0, 2], port: expect.any(Number) },
    });
  });

  test.each([
    ['IPv6', IPV6, 'invalid-argument'],
    ['multicast', socketAddress('224.0.0.1', 80), 'invalid-argument'],
    ['broadcast', socketAddress('255.255.255.255', 80), 'invalid-argument'],
    ['another pod’s address', socketAddress(CLIENT, 80), 'address-not-bindable'],
  ])('is not bound to %s', (_, address, code) => {
    expect(codeOf(() => server.tcp().startBind(undefined, address))).toBe(code);
  });

  test.each([
    ['IPv6', IPV6],
    ['any address', socketAddress('0.0.0.0', 80)],
    ['port 0', socketAddress(SERVER, 0)],
  ])('is not connected to %s', (_, address) => {
    expect(codeOf(() => client.tcp().startConnect(undefined, address))).toBe('invalid-argument');
  });

  test.each([
    ['a port without a listener', SERVER, 'connection-refused'],
    ['an address that no pod has', '10.244.9.9', 'remote-unreachable'],
    ['a cluster IP that nobody has', '10.96.9.9', 'connection-refused'],
    ['what lies beyond the pods’ network', '192.0.2.1', 'access-denied'],
  ])('to %s hears why, once', (_, ip, code) => {
    const socket = client.tcp();
    socket.startConnect(undefined, socketAddress(ip, 81));
    expect(socket.subscribe().ready()).toBe(true);
    expect(codeOf(() => socket.finishConnect())).toBe(code);
    expect(codeOf(() => socket.finishConnect())).toBe('not-in-progress');
    expect(codeOf(() => socket.startConnect(undefined, socketAddress(SERVER, 80)))).toBe('invalid-state');
    expect(denied).toEqual(code === 'access-denied' ? ['192.0.2.1:81'] : []);
  });

  test('of IPv6 is not supported', () => {
    expect(codeOf(() => server.tcp('ipv6'))).toBe('not-supported');
    expect(codeOf(() => server.udp('ipv6'))).toBe('not-supported');
  });

  test('that is accepted has the options of its listener', () => {
    const listener = listening();
    listener.setHopLimit(12);
    listener.setKeepAliveEnabled(true);
    listener.setKeepAliveIdleTime(1n);
    listener.setKeepAliveCount(1000);
    client.tcp().startConnect(undefined, socketAddress(SERVER, 80));
    const [socket] = listener.accept();
    expect(socket.hopLimit()).toBe(12);
    expect(socket.keepAliveEnabled()).toBe(true);
    expect(socket.keepAliveIdleTime()).toBe(1_000_000_000n);
    expect(socket.keepAliveCount()).toBe(127);
    for (const set of [
      () => socket.setHopLimit(0),
      () => socket.setKeepAliveIdleTime(0n),
      () => socket.setKeepAliveInterval(0n),
      () => socket.setKeepAliveCount(0),
      () => socket.setReceiveBufferSize(0n),
      () => socket.setSendBufferSize(0n),
      () => listener.setListenBacklogSize(0n),
    ])
      expect(codeOf(set)).toBe('invalid-argument');
    expect(codeOf(() => socket.setListenBacklogSize(1n))).toBe('invalid-state');
  });

  test('refuses those for whom its backlog has no room', () => {
    const listener = listening();
    listener.setListenBacklogSize(2n);
    const outcomes = [1, 2, 3].map(() => {
      const socket = client.tcp();
      socket.startConnect(undefined, socketAddress(SERVER, 80));
      return codeOf(() => socket.finishConnect());
    });
    expect(outcomes).toEqual(['ok', 'ok', 'connection-refused']);
  });

  test('bound to its loopback answers its own pod alone', () => {
    listening(80, '127.0.0.1');
    const near = server.tcp();
    near.startConnect(undefined, socketAddress('127.0.0.1', 80));
    expect(codeOf(() => near.finishConnect())).toBe('ok');
    const far = client.tcp();
    far.startConnect(undefined, socketAddress(SERVER, 80));
    expect(codeOf(() => far.finishConnect())).toBe('connection-refused');
  });

  test('half closed still receives', () => {
    const { here, input, output, theirInput, theirOutput } = connected();
    output.write(Buffer.from('question'));
    here.shutdown('send');
    expect(codeOf(() => output.write(Buffer.from('more')))).toEqual({ tag: 'closed' });
    expect(text(theirInput.read(100n))).toBe('question');
    expect(codeOf(() => theirInput.read(1n))).toEqual({ tag: 'closed' });
    theirOutput.write(Buffer.from('answer'));
    expect(text(input.read(100n))).toBe('answer');
  });

  test('that receives no more comes to its end, and its peer cannot write', () => {
    const { here, input, theirOutput } = connected();
    theirOutput.write(Buffer.from('lost'));
    here.shutdown('receive');
    expect(codeOf(() => input.read(1n))).toEqual({ tag: 'closed' });
    expect(codeOf(() => theirOutput.checkWrite())).toEqual({ tag: 'closed' });
  });

  test('holds its writer back until somebody reads', () => {
    const { output, theirInput } = connected();
    const room = Number(output.checkWrite());
    output.write(new Uint8Array(room));
    expect(output.checkWrite()).toBe(0n);
    expect(output.subscribe().ready()).toBe(false);
    theirInput.read(1000n);
    expect(output.checkWrite()).toBe(1000n);
  });

  test('that is dropped ends for its peer, and frees its port', () => {
    const { listener, here, theirInput } = connected();
    here[Symbol.dispose]();
    expect(codeOf(() => theirInput.read(1n))).toEqual({ tag: 'closed' });
    listener[Symbol.dispose]();
    listening();
  });
});

describe('a UDP socket', () => {
  function bind(sockets: typeof server, ip: string, port: number): UdpSocket {
    const socket = sockets.udp();
    socket.startBind(undefined, socketAddress(ip, port));
    socket.finishBind();
    return socket;
  }

  test('sends what check-send has allowed, and no more', () => {
    const [, outgoing] = bind(client, '0.0.0.0', 0).stream(undefined);
    const datagram = { data: Buffer.from('x'), remoteAddress: socketAddress(SERVER, 53) };
    expect(() => outgoing.send([datagram])).toThrow(/unreachable/);
    const allowed = Number(outgoing.checkSend());
    expect(outgoing.send(Array.from({ length: allowed }, () => datagram))).toBe(BigInt(allowed));
    expect(() => outgoing.send([datagram])).toThrow(/unreachable/);
  });

  test('receives from everybody, or from the peer it is connected to', () => {
    const [incoming] = bind(server, '0.0.0.0', 53).stream(undefined);
    const [, outgoing] = bind(client, '0.0.0.0', 5000).stream(socketAddress(SERVER, 53));
    outgoing.checkSend();
    outgoing.send([{ data: Buffer.from('one') }, { data: Buffer.from('two') }]);
    expect(incoming.receive(0n)).toEqual([]);
    expect(incoming.receive(1n)).toMatchObject([
      { data: Buffer.from('one'), remoteAddress: { val: { port: 5000, address: [10, 244, 0, 3] } } },
    ]);
    expect(incoming.receive(9n)).toHaveLength(1);
    const [deaf] = bind(server, '0.0.0.0', 54).stream(socketAddress(CLIENT, 1));
    const [, stranger] = bind(client, '0.0.0.0', 5001).stream(undefined);
    stranger.checkSend();
    stranger.send([{ data: Buffer.from('x'), remoteAddress: socketAddress(SERVER, 54) }]);
    expect(deaf.receive(9n)).toEqual([]);
  });

  test('connected to one peer sends to no other', () => {
    const [, outgoing] = bind(client, '0.0.0.0', 0).stream(socketAddress(SERVER, 53));
    outgoing.checkSend();
    const data = Buffer.from('x');
    const elsewhere = { data, remoteAddress: socketAddress(SERVER, 54) };
    expect(codeOf(() => outgoing.send([elsewhere]))).toBe('invalid-argument');
    expect(outgoing.send([{ data }, elsewhere])).toBe(1n);
    expect(codeOf(() => outgoing.send([{ data: new Uint8Array(70_000) }]))).toBe('datagram-too-large');
  });

  test('that is behind loses datagrams', () => {
    const [incoming] = bind(server, '0.0.0.0', 53).stream(undefined);
    const [, outgoing] = bind(client, '0.0.0.0', 0).stream(socketAddress(SERVER, 53));
    for (let i = 0; i < 300; i++) {
      outgoing.checkSend();
      outgoing.send([{ data: Buffer.from('x') }]);
    }
    let received = 0;
    for (let some = incoming.receive(99n); some.length > 0; some = incoming.receive(99n))
      received += some.length;
    expect(received).toBe(256);
  });

  test('holds 208 KiB for who does not receive, all sockets of a pod 16 MiB, and no more once they are gone', () => {
    const [, outgoing] = bind(client, '0.0.0.0', 0).stream(undefined);
    const data = new Uint8Array(65_000);
    const receivers = Array.from({ length: 100 }, (_, index) => bind(server, '0.0.0.0', 2000 + index));
    const streams = receivers.map((socket) => socket.stream(undefined)[0]);
    const flood = () => {
      for (const index of receivers.keys()) {
        outgoing.checkSend();
        const remoteAddress = socketAddress(SERVER, 2000 + index);
        outgoing.send(Array.from({ length: 4 }, () => ({ data, remoteAddress })));
      }
    };
    flood();
    expect(streams[0]?.receive(99n)).toHaveLength(3);
    const received = streams.slice(1).map((stream) => stream.receive(99n).length);
    expect(received.filter((count) => count === 3)).toHaveLength(84);
    expect(received.at(-1)).toBe(0);
    flood();
    for (const socket of receivers.slice(0, 90)) socket[Symbol.dispose]();
    for (const stream of streams.slice(90)) stream.receive(99n);
    const [last] = bind(server, '0.0.0.0', 3000).stream(undefined);
    outgoing.checkSend();
    outgoing.send([{ data, remoteAddress: socketAddress(SERVER, 3000) }]);
    expect(last.receive(9n)).toHaveLength(1);
  });

  test('is one of 1,024 that a pod may bind', () => {
    for (let port = 1; port <= 1_024; port++) bind(server, '0.0.0.0', port);
    const socket = server.udp();
    expect(codeOf(() => socket.startBind(undefined, socketAddress('0.0.0.0', 0)))).toBe('new-socket-limit');
    expect(codeOf(() => bind(client, '0.0.0.0', 0))).toBe('ok');
  });

  test('hears the answer of a Service from where it asked', () => {
    const port = { ip: '10.96.0.53', port: 53, protocol: 'UDP' as const, sticky: false };
    net.update({
      ports: [{ ...port, endpoints: [{ ip: SERVER, port: 5353 }] }],
      dns: { server: '', domain: '', namespaces: [], records: [] },
    });
    const [asked, answers] = bind(server, '0.0.0.0', 5353).stream(undefined);
    const [heard, asks] = bind(client, '0.0.0.0', 5000).stream(socketAddress('10.96.0.53', 53));
    asks.checkSend();
    asks.send([{ data: Buffer.from('?') }]);
    const [question] = asked.receive(1n) as { remoteAddress: SocketAddress }[];
    answers.checkSend();
    answers.send([{ data: Buffer.from('!'), remoteAddress: question?.remoteAddress as SocketAddress }]);
    expect(heard.receive(1n)).toMatchObject([{ remoteAddress: socketAddress('10.96.0.53', 53) }]);
  });

  test('is denied what lies beyond the pods’ network', () => {
    const [, outgoing] = bind(client, '0.0.0.0', 0).stream(undefined);
    outgoing.checkSend();
    const datagram = { data: Buffer.from('x'), remoteAddress: socketAddress('192.0.2.1', 53) };
    expect(codeOf(() => outgoing.send([datagram]))).toBe('access-denied');
    expect(denied).toEqual(['192.0.2.1:53']);
  });

  test('bound in one pod holds its port there until it is dropped', () => {
    const first = bind(server, '0.0.0.0', 53);
    const second = server.udp();
    expect(codeOf(() => second.startBind(undefined, socketAddress('0.0.0.0', 53)))).toBe('address-in-use');
    first[Symbol.dispose]();
    bind(server, '0.0.0.0', 53);
  });
});

test('a name is an address, then no more; one that is none fails when it is asked for', () => {
  const own = server.lookUp(`pod-${SERVER}`);
  expect(own.resolveNextAddress()).toEqual({ tag: 'ipv4', val: [10, 244, 0, 2] });
  expect(own.resolveNextAddress()).toBeUndefined();
  expect(codeOf(() => server.lookUp('nobody').resolveNextAddress())).toBe('name-unresolvable');
  expect(codeOf(() => server.lookUp('web.shop.svc').resolveNextAddress())).toBe('name-unresolvable');
  expect(denied).toEqual([]);
  expect(codeOf(() => server.lookUp('example.com').resolveNextAddress())).toBe('name-unresolvable');
  expect(denied).toEqual(['example.com:0']);
  expect(codeOf(() => server.lookUp(''))).toBe('invalid-argument');
});
