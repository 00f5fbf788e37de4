/** What a program that uses podstep as a library may import; everything else may change without notice. */

// From the text of a manifest to objects that a kubelet may be given.
export { type LoadedManifests, loadManifests } from './api/load.ts';
export { formatManifestError, type ManifestError, type Position } from './api/manifest/errors.ts';
export type { ReadObject } from './api/manifest/read.ts';
export { formatQuantity } from './api/quantity/format.ts';
export { type ParsedQuantity, parseQuantity } from './api/quantity/parse.ts';
export type { Quantity, QuantityFormat } from './api/quantity/quantity.ts';
export { quantityMilliValue, quantityValue } from './api/quantity/scale.ts';
export type { Container, KubeObject, Pod, PodSpec, PodStatus } from './api/types.ts';

// A kubelet that one can step, on a runtime of one's choice.
export { type ComposeOptions, composeEngine } from './compose/engine.ts';
export type { ClockKind, Engine, EngineListener, RunEnd, RunLimits, Step } from './engine/types.ts';
// What podstep says, in English and Chinese, and how it fails.
export { type ErrorCode, PodstepError } from './lib/errors.ts';
export type { KubeletEvent } from './machines/events.ts';
export type { TraceEntry } from './machines/trace.ts';
export { type Language, type MessageKey, type Told, tell } from './messages/index.ts';
export { createDockerRuntime, type DockerRuntimeOptions } from './runtime/docker/runtime.ts';
export type { ImageService, Runtime, RuntimeEvent, RuntimeService } from './runtime/port.ts';
