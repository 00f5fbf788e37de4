/** A process of its own that pulls: `node pull-in-process.ts STORE WORKLOADS IMAGE [PHASE]`; dies at PHASE as in a crash. */
import { openImageStore } from '../../../../src/runtime/wasm/images/store.ts';

const [directory = '', workloadsDirectory = '', image = '', dieAt] = process.argv.slice(2);
const store = await openImageStore({ directory, workloadsDirectory });
const digest = await store.pullImage(image, ({ phase, doneBytes }) => {
  if (phase === dieAt && (phase === 'resolving' || doneBytes > 0)) process.kill(process.pid, 'SIGKILL');
});
process.stdout.write(digest);
