/**
 * The closed list of effects: everything the core can ask of the world, as data. The core returns them,
 * the engine performs them through the ports, and the outcome comes back as an event with the same id:
 * exactly one for each, except `startTimer` (which comes back as `TimerFired`), `cancelTimer`,
 * `recordEvent` and `writeLog`, which bring none.
 */
import type {
  AuthConfig,
  ContainerConfig,
  LinuxContainerResources,
  LinuxPodResources,
  PodSandboxConfig,
} from '../api/cri.ts';
import type { CoreEvent, KubeObject, ObjectReference, PodStatus, ProbeKind } from '../api/types.ts';
import type { KlogRecord } from '../lib/klog.ts';

/** Names one effect for the whole run; the outcome event carries it back. Increases by one. */
export type EffectId = number;

/** Who waits for the outcome: the engine returns it untouched, the sync loop routes by it. */
export interface Owner {
  /** The pod's UID; empty for what concerns the node alone. */
  readonly podUid: string;
  /** The machine's key in the flat map of snapshots, for example `container/<uid>/web`. */
  readonly key: string;
  readonly object: ObjectReference;
}

/** What a file of a projected volume holds, and its permission bits (pkg/volume/util FileProjection). */
export interface FileProjection {
  readonly data: string;
  /** How `data` spells the bytes. */
  readonly encoding: 'utf8' | 'base64';
  readonly mode: number;
}

/** Files by their path below the volume. */
export type Payload = Readonly<Record<string, FileProjection>>;

/** The volume plugins whose files the kubelet writes itself. */
export type ProjectingPlugin =
  | 'kubernetes.io/configmap'
  | 'kubernetes.io/secret'
  | 'kubernetes.io/downward-api'
  | 'kubernetes.io/projected';

/** A volume of a pod, as far as mounting it needs to know. */
export interface VolumeMountRequest {
  readonly volumeName: string;
  readonly podUid: string;
  readonly source:
    | {
        readonly kind: 'emptyDir';
        readonly medium: string;
        readonly sizeLimitBytes?: number;
        readonly mode?: number;
        /** The volume belongs to the pod's group (`fsGroup`). */
        readonly forGroup: boolean;
      }
    | {
        readonly kind: 'hostPath';
        readonly path: string;
        readonly type: string;
        /** The claim behind it is for reading only. */
        readonly readOnly?: boolean;
      }
    | {
        readonly kind: 'files';
        readonly plugin: ProjectingPlugin;
        readonly payload: Payload;
        /** The name of the directory that holds this version of the files, `..2026_01_01_00_00_00.1`. */
        readonly versionDirectory: string;
      }
    /** The runtime mounts it when it creates the containers. */
    | { readonly kind: 'image' };
}

/** What the kubelet asks for a pod: a service account's token that dies with the pod (authentication.k8s.io TokenRequest). */
export interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Empty: the API server itself. */
  readonly audience: string;
  readonly expirationSeconds: number;
  readonly podName: string;
  readonly podUid: string;
}

export interface HttpGetRequest {
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export type ExecPurpose =
  | { readonly kind: 'probe'; readonly probe: ProbeKind }
  | { readonly kind: 'postStart' | 'preStop' };

/** What is asked; the comment says what a success brings back (see `EffectResult`). */
export type EffectBody =
  // Time. Timers come back as `TimerFired`.
  | { readonly type: 'startTimer'; readonly timerId: string; readonly delayMs: number }
  | { readonly type: 'cancelTimer'; readonly timerId: string }
  // CRI RuntimeService.
  | { readonly type: 'runtimeStatus' } // runtimeStatus
  | { readonly type: 'relist' } // podsAndContainers
  /** Opens the stream whose events come as `RuntimeNoticed`; done once it is open. */
  | { readonly type: 'getContainerEvents' }
  | { readonly type: 'runtimeVersion' } // runtimeVersion
  | { readonly type: 'runPodSandbox'; readonly config: PodSandboxConfig } // sandbox
  | { readonly type: 'stopPodSandbox'; readonly sandboxId: string }
  | { readonly type: 'removePodSandbox'; readonly sandboxId: string }
  | {
      readonly type: 'createContainer';
      readonly sandboxId: string;
      readonly config: ContainerConfig;
      readonly sandboxConfig: PodSandboxConfig;
    } // container
  | { readonly type: 'startContainer'; readonly containerId: string } // container
  | {
      readonly type: 'updateContainerResources';
      readonly containerId: string;
      readonly resources: LinuxContainerResources;
    } // container
  | {
      readonly type: 'updatePodSandboxResources';
      readonly sandboxId: string;
      readonly resources: LinuxPodResources;
    }
  | { readonly type: 'stopContainer'; readonly containerId: string; readonly timeoutSeconds: number } // container
  | { readonly type: 'removeContainer'; readonly containerId: string }
  | { readonly type: 'reopenContainerLog'; readonly containerId: string }
  | {
      readonly type: 'execSync';
      readonly containerId: string;
      readonly command: readonly string[];
      readonly timeoutSeconds: number;
      readonly purpose: ExecPurpose;
    } // exec
  // CRI ImageService.
  | { readonly type: 'imageStatus'; readonly image: string } // image
  | { readonly type: 'pullImage'; readonly image: string; readonly auth?: AuthConfig } // image
  /** The images on the node, and the references of those that containers use. */
  | { readonly type: 'listImages' } // images
  | { readonly type: 'removeImage'; readonly image: string }
  /** What the machine, the containers, the images and the volumes take just now. */
  | { readonly type: 'readStats' } // stats
  // The kubelet's own network client: probes and hooks.
  | { readonly type: 'httpGet'; readonly request: HttpGetRequest; readonly timeoutSeconds: number } // http
  | {
      readonly type: 'tcpConnect';
      readonly host: string;
      readonly port: number;
      readonly timeoutSeconds: number;
    }
  | {
      readonly type: 'grpcHealthCheck';
      readonly host: string;
      readonly port: number;
      /** Empty: the whole server. */
      readonly service: string;
      readonly timeoutSeconds: number;
    } // grpc
  // The node's file system.
  | { readonly type: 'mountVolume'; readonly volume: VolumeMountRequest } // mounted
  | { readonly type: 'unmountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'makePodDirectories'; readonly podUid: string; readonly logDirectory: string }
  /** Refused, in the kubelet's words, while a volume of the pod is not empty. */
  | { readonly type: 'removePodDirectory'; readonly podUid: string }
  /** What lies right in a directory, by name; nothing when there is no such directory. */
  | { readonly type: 'listNodeDirectory'; readonly directory: string } // entries
  /** The volumes in the directories of all pods. */
  | { readonly type: 'listPodVolumes' } // podVolumes
  /** How large files are, in bytes; undefined for one that is not there. */
  | { readonly type: 'statNodeFiles'; readonly paths: readonly string[] } // sizes
  | { readonly type: 'renameNodeFile'; readonly from: string; readonly to: string }
  /** With gzip, into a file of the same name and `.gz`. */
  | { readonly type: 'compressNodeFile'; readonly path: string }
  | { readonly type: 'linkNodeFile'; readonly target: string; readonly link: string }
  /** The log, every file whose name goes on after its own, and the link. */
  | { readonly type: 'removeContainerLog'; readonly path: string; readonly link: string }
  /** With everything in it. */
  | { readonly type: 'removeNodeDirectory'; readonly path: string }
  /** A line of the kubelet's own log. */
  | { readonly type: 'writeLog'; readonly record: KlogRecord }
  // The kubelet's own files, by their paths on the node: checkpoints, manifests. A write is atomic.
  /** With `within`, a directory that pods write to: a path that leads out of it counts as missing. */
  | { readonly type: 'readNodeFile'; readonly path: string; readonly within?: string } // text
  | { readonly type: 'writeNodeFile'; readonly path: string; readonly text: string }
  | { readonly type: 'removeNodeFile'; readonly path: string }
  /** The files right in a directory, by name; none when there is no such directory. */
  | { readonly type: 'listNodeFiles'; readonly directory: string } // files
  /** A static pod's manifest from the kubelet's own network, past all pods. */
  | {
      readonly type: 'fetchManifest';
      readonly url: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly timeoutSeconds: number;
    } // http
  /** Reads the termination message: the file at its path, or the log's tail (2048 bytes, 80 lines). */
  | { readonly type: 'readTerminationMessage'; readonly containerId: string; readonly fromLogs: boolean } // text
  // The API server.
  | { readonly type: 'patchPodStatus'; readonly podUid: string; readonly status: PodStatus }
  | { readonly type: 'deletePod'; readonly podUid: string; readonly gracePeriodSeconds: 0 }
  | { readonly type: 'recordEvent'; readonly event: CoreEvent }
  | { readonly type: 'requestToken'; readonly request: TokenRequest } // token
  | {
      readonly type: 'getObject';
      readonly apiVersion: string;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    } // object
  | { readonly type: 'createObject'; readonly object: KubeObject } // object
  /** Replaces what is stored; with `status` only the status. A resourceVersion that is not the newest: Conflict. */
  | { readonly type: 'updateObject'; readonly object: KubeObject; readonly subresource?: 'status' } // object
  /** A uid that is not the stored object's: Conflict. */
  | {
      readonly type: 'deleteObject';
      /** `v1` unless it says otherwise. */
      readonly apiVersion?: string;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
      readonly uid?: string;
      readonly gracePeriodSeconds?: number;
    };

export type EffectType = EffectBody['type'];

/** One effect, with its name and who waits for it. */
export type Effect = EffectBody & { readonly id: EffectId; readonly owner: Owner };
