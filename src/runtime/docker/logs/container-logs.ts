/** The logs of this node's containers: the Engine keeps them, and podstep writes them where the kubelet looks for them. */
import { LABEL } from '../../../api/cri.ts';
import { type LogLine, RuntimeError, type RuntimeEvent, type RuntimeService } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import type { ContainerInspect } from '../engine/types.ts';
import type { PodCalls } from '../parts.ts';
import { FollowedLog } from './followed-log.ts';
import { readLog } from './read-log.ts';

/** As much as the wasm runtime keeps in memory. */
const MOST_LINES = 10_000;

/** The log of each container on the node. */
export interface DockerLogs extends Pick<RuntimeService, 'containerLog' | 'reopenContainerLog'> {
  /** Writes the container's log from now on; asked once it has started, and again after a restart of podstep. */
  follow(containerId: string): Promise<void>;
  /** Resolves when all that an ended container has written is told, after `limitMs` at the latest. */
  drained(containerId: string, limitMs: number): Promise<void>;
  /** What the log takes on the node's disk, with its rotated files. */
  bytes(containerId: string): number;
  /** The container is gone: its file stays, as the kubelet's. */
  forget(containerId: string): void;
  close(): void;
}

export interface DockerLogsOptions {
  readonly engine: EngineClient;
  readonly pods: Pick<PodCalls, 'containerStatus'>;
  readonly tell: (event: RuntimeEvent) => void;
}

export function dockerLogs({ engine, pods, tell }: DockerLogsOptions): DockerLogs {
  const followed = new Map<string, FollowedLog>();
  return {
    async follow(containerId) {
      if (followed.has(containerId)) return;
      const { logPath, labels, metadata } = await pods.containerStatus(containerId);
      if (followed.has(containerId)) return;
      const from = { containerId, podUid: labels[LABEL.podUid] ?? '', containerName: metadata.name };
      const onLine = (line: LogLine) => tell({ type: 'logWritten', ...from, line });
      followed.set(containerId, new FollowedLog(engine, containerId, logPath, onLine));
    },
    async drained(containerId, limitMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs);
      });
      await Promise.race([late, followed.get(containerId)?.ended]);
      clearTimeout(timer);
    },
    bytes: (containerId) => followed.get(containerId)?.bytes ?? 0,
    async reopenContainerLog(containerId) {
      const { state } = await pods.containerStatus(containerId);
      if (state !== 'CONTAINER_RUNNING') throw new RuntimeError('Unknown', 'container is not running');
      followed.get(containerId)?.reopen();
    },
    async containerLog(containerId, { tailLines = MOST_LINES } = {}) {
      const { Config: config } = await engine.call<ContainerInspect>(
        'GET',
        `/containers/${containerId}/json`,
      );
      const lines: LogLine[] = [];
      const query = { tail: Math.min(tailLines, MOST_LINES) };
      for await (const some of readLog(engine, containerId, { tty: config.Tty, query })) lines.push(...some);
      return lines;
    },
    forget(containerId) {
      followed.get(containerId)?.close();
      followed.delete(containerId);
    },
    close() {
      for (const log of followed.values()) log.close();
      followed.clear();
    },
  };
}
