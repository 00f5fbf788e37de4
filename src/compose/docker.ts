/** Real containers: the Docker Engine that Docker's own conventions name, with a node on the machine where podstep runs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundMachine } from '../cluster/node.ts';
import { PodstepError } from '../lib/errors.ts';
import type { MessageKey, Told } from '../messages/index.ts';
import { type EngineAddress, engineAddress } from '../runtime/docker/engine/address.ts';
import { EngineClient } from '../runtime/docker/engine/client.ts';
import { createDockerRuntime } from '../runtime/docker/runtime.ts';
import { type Runtime, RuntimeError } from '../runtime/port.ts';
import { foundMachine } from './docker-machine.ts';
import type { ComposeOptions } from './engine.ts';
import { markedOnEngine, removeLeftovers } from './leftovers.ts';
import { withLocalBusybox } from './local-busybox.ts';
import { type NodeHome, nodesDirectory, openNodeHome, ownerOf } from './node-home.ts';

/** A runtime of real containers, the machine that it is on, and the node's directory there. */
export interface OpenedDocker {
  readonly runtime: Runtime;
  readonly machine: FoundMachine;
  readonly home: NodeHome;
}

/** Finds the Engine and takes the node. Throws PodstepError, and RuntimeError where nobody answers. */
export async function openDocker(options: ComposeOptions): Promise<OpenedDocker> {
  const { nodeName, environment = process.env, localBusybox } = options;
  const address = engineAddress(environment);
  const engine = await connect(address);
  const machine = foundMachine(await engine.info(), engine.version);
  const home = await openNodeHome(nodeName, nodesDirectory(environment));
  try {
    const owner = ownerOf(home.directory);
    const directory = join(home.directory, 'docker');
    await mkdir(directory, { recursive: true });
    const runtime = await createDockerRuntime({ address, owner, directory });
    const { imageService } = runtime;
    const images =
      localBusybox === undefined
        ? imageService
        : withLocalBusybox(imageService, engine, { ...localBusybox, owner, environment });
    const close = async () => {
      await runtime.close();
      if (!options.keep) await removeNode(engine, owner);
    };
    return { runtime: { ...runtime, imageService: images, close }, machine, home };
  } catch (error) {
    await home.close('kept');
    throw error;
  }
}

async function connect(address: EngineAddress): Promise<EngineClient> {
  try {
    return await EngineClient.connect(address);
  } catch (cause) {
    if (!(cause instanceof RuntimeError)) throw cause;
    const advice = { key: 'docker.unreachable.advice' } satisfies Told<MessageKey>;
    throw new PodstepError('RUNTIME_UNAVAILABLE', cause.message, { advice, cause });
  }
}

/** What is on the Engine for this node alone. */
async function removeNode(engine: EngineClient, owner: string): Promise<void> {
  await removeLeftovers(engine, await markedOnEngine(engine, owner));
}
