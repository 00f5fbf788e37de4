/** The node that the kubelet runs on: what it is called, where it is, and what it may give to pods. */

export interface NodeConfig {
  readonly nodeName: string;
  readonly hostIP: string;
  /** The runtime's name as it stands in container ids: `wasm`, `docker`, `fake`. */
  readonly runtimeName: string;
  readonly allocatable: {
    readonly cpuMilli: number;
    readonly memoryBytes: number;
    readonly pods: number;
  };
}
