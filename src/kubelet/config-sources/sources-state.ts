/** What the kubelet remembers of its config sources. */
import type { ConfigSource } from '../pod-manager/pod-kinds.ts';
import type { SourcePods } from './merge.ts';

export interface ConfigSources {
  /** What each source said last. */
  readonly pods: Readonly<Partial<Record<ConfigSource, SourcePods>>>;
  /** The sources that have said something at all. */
  readonly seen: readonly ConfigSource[];
  /** Why a manifest is not used, by its path or URL. */
  readonly problems: Readonly<Record<string, string>>;
  /** The response that the URL's pods are from. */
  readonly httpBody: string;
  /** In a row; counted as far as it makes a difference. */
  readonly httpFailures: number;
}

export const NO_SOURCES: ConfigSources = { pods: {}, seen: [], problems: {}, httpBody: '', httpFailures: 0 };
