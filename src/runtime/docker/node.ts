/** What all parts of the adapter stand on: the Engine, whose pods they are, and where their files lie. */
import type { EngineClient } from './engine/client.ts';
import type { EngineInfo } from './engine/types.ts';

export interface DockerNode {
  readonly engine: EngineClient;
  readonly info: EngineInfo;
  /**
   * Which node of which podstep this is: the value of `LABEL_OWNER` on all that it makes. What has another value, or
   * none, is never touched.
   */
  readonly owner: string;
  /** For the node's own files that containers see (termination messages, hosts), absolute. */
  readonly directory: string;
}
