/** Where the runtime thread begins: wires the port of the main thread to `RuntimeThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../../../lib/assert.ts';
import type { ThreadOptions, ToThread } from './protocol.ts';
import { RuntimeThread } from './runtime-thread.ts';

const port = present(parentPort, 'the main thread');
const thread = new RuntimeThread(workerData as ThreadOptions, (message) => port.postMessage(message));
port.on('message', (message: ToThread) => thread.receive(message));

// jco keeps promises of its own for every call; when a guest is unwound some of them reject with nobody left
// to ask, and what they say is in the process's outcome already. Our own go through `orDie`.
process.on('unhandledRejection', () => {});
