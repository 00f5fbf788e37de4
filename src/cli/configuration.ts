/** `--config`: the kubelet's configuration file; one mistake in it and nothing is started. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import { type ConfigurationWarning, loadConfiguration } from '../api/kubelet-configuration/read.ts';
import type { ManifestError } from '../api/manifest/errors.ts';
import { type Language, tell } from '../messages/index.ts';
import type { Io } from './io.ts';
import { readText } from './manifests.ts';

export interface ReadConfiguration {
  /** Undefined without a file, or with a bad one: the defaults. */
  readonly config?: KubeletConfiguration | undefined;
  readonly errors: readonly ManifestError[];
  readonly warnings: readonly ConfigurationWarning[];
}

/**
 * Reads the file (`-` is standard input) and all that is wrong with it.
 * @throws PodstepError FILE_UNREADABLE
 */
export async function readConfiguration(file: string | undefined, io: Io): Promise<ReadConfiguration> {
  if (file === undefined) return { errors: [], warnings: [] };
  return file === '-'
    ? loadConfiguration(await io.readStdin(), '<stdin>')
    : loadConfiguration(await readText(file, io), file);
}

/** What the file asks for in vain, a line each. */
export function configurationWarningsText(
  warnings: readonly ConfigurationWarning[],
  language: Language,
): string {
  const lines = warnings.map(({ file, line, column, path, note }) => {
    const values = { path, note: note[language] };
    return `${file}:${line}:${column}: ${tell({ key: 'support.configuration', values }, language)}\n`;
  });
  return lines.join('');
}
