/** An effect in a few words, as a step lists it: `stopContainer web 30s`. */
import { formatDuration } from '../lib/time.ts';
import type { EffectBody } from '../machines/effects.ts';

/** The first twelve characters of an id, as container tools print them. */
const short = (id: string) => id.slice(0, 12);

/** The effect's name and what tells it from others of its kind; `container` names the container that it is about. */
export function effectText(effect: EffectBody, container?: string): string {
  return [effect.type, ...details(effect, container)].filter((word) => word !== '').join(' ');
}

function details(effect: EffectBody, container: string | undefined): string[] {
  switch (effect.type) {
    case 'startTimer':
      return [formatDuration(effect.delayMs)];
    case 'cancelTimer':
    case 'relist':
    case 'getContainerEvents':
    case 'runtimeVersion':
    case 'listPodVolumes':
    case 'runtimeStatus':
    case 'makePodDirectories':
    case 'removePodDirectory':
    case 'listImages':
    case 'statNodeFiles':
    case 'deletePod':
    case 'readStats':
      return [];
    case 'runPodSandbox':
      return [`attempt ${effect.config.metadata.attempt}`];
    case 'updatePodSandboxResources':
    case 'stopPodSandbox':
    case 'removePodSandbox':
      return [short(effect.sandboxId)];
    case 'createContainer':
      return [effect.config.metadata.name];
    case 'updateContainerResources':
    case 'startContainer':
    case 'removeContainer':
    case 'reopenContainerLog':
    case 'readTerminationMessage':
      return [container ?? short(effect.containerId)];
    case 'stopContainer':
      return [container ?? short(effect.containerId), `${effect.timeoutSeconds}s`];
    case 'execSync':
      return [effect.command.join(' ').slice(0, 60)];
    case 'imageStatus':
    case 'pullImage':
    case 'removeImage':
      return [effect.image];
    case 'httpGet': {
      const { scheme, host, port, path } = effect.request;
      return [`${scheme.toLowerCase()}://${host}:${port}${path}`];
    }
    case 'fetchManifest':
      return [effect.url];
    case 'tcpConnect':
    case 'grpcHealthCheck':
      return [`${effect.host}:${effect.port}`];
    case 'mountVolume':
    case 'unmountVolume':
      return [effect.volume.volumeName];
    case 'requestToken':
      return [effect.request.serviceAccount];
    case 'patchPodStatus':
      return [effect.status.phase ?? ''];
    case 'recordEvent':
      return [effect.event.reason ?? ''];
    case 'getObject':
      return [effect.kind, effect.name];
    case 'createObject':
    case 'updateObject':
      return [effect.object.kind, effect.object.metadata.name ?? ''];
    case 'deleteObject':
      return [effect.kind, effect.name];
    case 'readNodeFile':
    case 'writeNodeFile':
    case 'removeNodeFile':
      return [effect.path];
    case 'removeNodeDirectory':
    case 'compressNodeFile':
    case 'removeContainerLog':
      return [effect.path];
    case 'renameNodeFile':
      return [effect.from, effect.to];
    case 'linkNodeFile':
      return [effect.link];
    case 'listNodeFiles':
    case 'listNodeDirectory':
      return [effect.directory];
    case 'writeLog':
      return [effect.record.message];
  }
}
