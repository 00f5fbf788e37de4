/** The file of `--config`: read strictly, defaulted and validated, before the kubelet starts. */
import { parseThresholdConfig } from '../eviction/thresholds.ts';
import type { ManifestError, Position } from '../manifest/errors.ts';
import type { PlainMap } from '../manifest/plain.ts';
import { type Kinds, readManifests } from '../manifest/read.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { defaultConfiguration } from './defaulting.ts';
import type { KubeletConfiguration } from './fields.ts';
import { type IdleField, idleFields } from './support.ts';
import { API_VERSION, CONFIGURATION_TYPE, KIND } from './types.ts';
import { type ConfigurationError, validateConfiguration } from './validation.ts';

/** A field of the file that nothing here honours, at its place. */
export interface ConfigurationWarning extends IdleField, Position {
  readonly file: string;
}

export interface LoadedConfiguration {
  /** Undefined when anything is wrong with the file. */
  readonly config: KubeletConfiguration | undefined;
  readonly errors: readonly ManifestError[];
  readonly warnings: readonly ConfigurationWarning[];
}

const KINDS: Kinds = {
  typeOf: (apiVersion, kind) =>
    apiVersion === API_VERSION && kind === KIND ? CONFIGURATION_TYPE : undefined,
  unknown: (apiVersion, kind) => ({
    field: kind === KIND ? 'apiVersion' : 'kind',
    message: `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`,
    advice: { key: 'manifest.configurationKind', values: { kind: KIND, apiVersion: API_VERSION } },
  }),
};

/**
 * Loads a KubeletConfiguration from YAML or JSON, as the kubelet does at its start
 * (pkg/kubelet/kubeletconfig/util/codec DecodeKubeletConfiguration, without its lenient second try).
 */
export function loadConfiguration(text: string, file: string): LoadedConfiguration {
  if (text === '') {
    const message = `kubelet config file ${JSON.stringify(file)} was empty`;
    return { config: undefined, errors: [{ file, line: 1, column: 1, path: '', message }], warnings: [] };
  }
  const { objects, errors } = readManifests(text, file, KINDS);
  const [read] = objects;
  if (read === undefined || errors.length > 0) return { config: undefined, errors, warnings: [] };
  const given = read.object as unknown as PlainMap;
  const config = defaultConfiguration(given);
  const at = (path: string) => ({ file, path, ...read.locate(path) });
  const refused = [...sizeErrors(given), ...thresholdErrors(config), ...validateConfiguration(config)].map(
    ({ path, message }) => ({
      ...at(path),
      message,
    }),
  );
  if (refused.length > 0) return { config: undefined, errors: refused, warnings: [] };
  return {
    config,
    errors: [],
    warnings: idleFields(given).map((idle) => ({ ...at(idle.path), ...idle })),
  };
}

/** pkg/kubelet/logs/container_log_manager.go NewContainerLogManager. */
function sizeErrors({ containerLogMaxSize: size = '' }: PlainMap): ConfigurationError[] {
  const parsed = parseQuantity(String(size));
  if (size === '' || parsed.ok) return [];
  const message = `failed to parse container log max size ${JSON.stringify(size)}: ${parsed.error}`;
  return [{ path: 'containerLogMaxSize', message }];
}

/** pkg/kubelet/eviction/helpers.go ParseThresholdConfig, with which the real kubelet fails at its start. */
function thresholdErrors(config: KubeletConfiguration): ConfigurationError[] {
  const parsed = parseThresholdConfig(config);
  return parsed.ok ? [] : [{ path: parsed.field, message: parsed.error }];
}
