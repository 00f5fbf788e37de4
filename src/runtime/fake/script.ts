/**
 * The fake runtime's script: plain data that says what images, containers and calls do, and when. In every
 * list the first rule that matches wins; what no rule covers behaves as a healthy, idle program would.
 */
import type { AuthConfig } from '../../api/cri.ts';
import type { RuntimeErrorCode } from '../port.ts';

/** Which pod, container or image a rule is about; a field that is left out matches everything. */
export interface Match {
  /** The pod's name. */
  readonly pod?: string;
  /** The container's name. */
  readonly container?: string;
  /** The image as the pod names it; `*` at the end stands for any rest. */
  readonly image?: string;
  /** The container's restart count: exactly this, or `from` ... `to` (both included, `to` may be left out). */
  readonly attempt?: number | { readonly from: number; readonly to?: number };
  /** The command and the arguments, joined by one space; `*` at the end stands for any rest. */
  readonly command?: string;
}

/** A failure, in CRI's terms. */
export interface Failure {
  readonly code: RuntimeErrorCode;
  readonly message: string;
  /** A kubelet waiting reason that the failure decides, for example `ErrImageNeverPull`. */
  readonly reason?: string;
}

/** A stretch of a program's life, in milliseconds since its start; `untilMs` is not part of it. */
export interface Span {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface OutputLine {
  readonly atMs: number;
  readonly text: string;
  readonly stream?: 'stdout' | 'stderr';
  /** Says it again each time this much has passed. */
  readonly everyMs?: number;
}

/** What `execSync` answers. */
export interface ExecAnswer extends Span {
  /** In a session it writes back what it reads, and ends when its input does. */
  readonly echoes?: boolean;
  /** The command, joined by one space; `*` at the end stands for any rest. */
  readonly command: string;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** How long it runs; default 0. */
  readonly takesMs?: number;
  /** The call itself fails, for example because the program does not exist. */
  readonly fail?: Failure;
}

/** A port on which the program listens. Without `statusCode` it accepts connections and speaks no HTTP. */
export interface PortAnswer extends Span {
  readonly port: number;
  /** Only this path; default: every path. */
  readonly path?: string;
  readonly statusCode?: number;
  readonly body?: string;
  /** It is a gRPC server: the serving status of each service; the empty name is the whole server. */
  readonly grpc?: Readonly<Record<string, string>>;
  /** How long the answer takes; default 0. */
  readonly takesMs?: number;
}

/** What a program does from its start on. */
export interface Program {
  /** Writes back what it reads, line by line, and ends with 0 when its input does. */
  readonly echoes?: boolean;
  readonly output?: readonly OutputLine[];
  /** Ends by itself; left out: it runs until it is stopped. `reason` defaults to `Completed` or `Error`. */
  readonly exit?: { readonly afterMs: number; readonly code: number; readonly reason?: string };
  /** On the stop signal: ends this long after it (default at once, with 143), or ignores it. */
  readonly onStopSignal?: 'ignore' | { readonly afterMs: number; readonly code: number };
  readonly exec?: readonly ExecAnswer[];
  readonly ports?: readonly PortAnswer[];
  /** Written to the termination message's path before the exit. */
  readonly terminationMessage?: string;
  readonly cpuNanoCores?: number;
  readonly memoryBytes?: number;
  /** What it holds from an instant on. */
  readonly memoryGrows?: readonly { readonly atMs: number; readonly memoryBytes: number }[];
  /** In one file. */
  readonly writableLayerBytes?: number;
  /** How many it runs as; default 1. */
  readonly processes?: number;
}

/** How containers behave. */
export interface ContainerRule {
  readonly match: Match;
  readonly program?: Program;
  /** StartContainer fails so, and the container ends with 128 `StartError`, as containerd leaves it. */
  readonly startFails?: Failure;
}

export interface ImageRule {
  /** The name; `*` at the end stands for any rest. */
  readonly image: string;
  /** Already on the node when it starts; default false. */
  readonly present?: boolean;
  /** How long a pull takes; default 100. */
  readonly pullMs?: number;
  readonly pullFails?: Failure;
  /** Only the first so many pulls fail; default: all of them. */
  readonly pullFailsTimes?: number;
  readonly sizeBytes?: number;
  /** The registry gives it only to this user. */
  readonly needs?: AuthConfig;
  /** Default `SIGTERM`. */
  readonly stopSignal?: string;
}

export interface SandboxRule {
  readonly match: Pick<Match, 'pod' | 'attempt'>;
  /** How long its network takes to come up; default 0. */
  readonly takesMs?: number;
  /** The sandbox dies this long after it was ready, with everything in it. */
  readonly diesAfterMs?: number;
}

export type FakeCall =
  | 'runPodSandbox'
  | 'stopPodSandbox'
  | 'removePodSandbox'
  | 'createContainer'
  | 'startContainer'
  | 'updateContainerResources'
  | 'stopContainer'
  | 'removeContainer'
  | 'execSync'
  | 'exec'
  | 'attach'
  | 'portForward'
  | 'reopenContainerLog'
  | 'pullImage'
  | 'imageStatus'
  | 'listPodSandbox'
  | 'listContainers'
  | 'getContainerEvents';

/** A fault that a call meets. */
export interface CallRule {
  readonly call: FakeCall;
  readonly match?: Match;
  /** The matching calls this rule is about, counted from 1; default: all of them. */
  readonly nth?: number;
  /** Or: each matching call meets it with this chance (0 to 1), drawn from the seed. */
  readonly chance?: number;
  /** Only before this time, in milliseconds since the runtime's beginning. */
  readonly untilMs?: number;
  readonly delayMs?: number;
  readonly fail?: Failure;
  /** With `fail`: the work is done all the same, only the answer is lost. */
  readonly workIsDone?: boolean;
}

export interface FakeScript {
  readonly images?: readonly ImageRule[];
  readonly sandboxes?: readonly SandboxRule[];
  readonly containers?: readonly ContainerRule[];
  readonly calls?: readonly CallRule[];
}
