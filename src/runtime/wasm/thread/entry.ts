/** Where the runtime thread begins: wires the port of the main thread to `RuntimeThread`. */
import { parentPort } from 'node:worker_threads';
import { present } from '../../../lib/assert.ts';
import type { ThreadOptions, ToThread } from './protocol.ts';
import { RuntimeThread } from './runtime-thread.ts';

const port = present(parentPort, 'the main thread');
let thread: RuntimeThread | undefined;

// The thread may have been started before anybody knew how it will be used: the options come first.
port.on('message', (message: ThreadOptions | ToThread) => {
  if (thread !== undefined) thread.receive(message as ToThread);
  else thread = new RuntimeThread(message as ThreadOptions, (answer) => port.postMessage(answer));
});

// jco keeps promises of its own for every call; when a guest is unwound some of them reject with nobody left
// to ask, and what they say is in the process's outcome already. Our own go through `orDie`.
process.on('unhandledRejection', () => {});
