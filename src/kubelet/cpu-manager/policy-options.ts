/** `cpuManagerPolicyOptions`: what fine-tunes the static policy. */

export interface StaticPolicyOptions {
  /** `full-pcpus-only`: whole cores or none. */
  readonly fullPhysicalCpusOnly: boolean;
  /** `align-by-socket`: a NUMA hint counts as one for its sockets. */
  readonly alignBySocket: boolean;
  /** `distribute-cpus-across-cores`: one thread of many cores rather than all of few. */
  readonly distributeAcrossCores: boolean;
  /** `distribute-cpus-across-numa`: an even share of each NUMA node, where one is not enough. */
  readonly distributeAcrossNuma: boolean;
  /** `strict-cpu-reservation`: reserved CPUs leave the shared pool. */
  readonly strictReservation: boolean;
}

const NO_OPTIONS: StaticPolicyOptions = {
  fullPhysicalCpusOnly: false,
  alignBySocket: false,
  distributeAcrossCores: false,
  distributeAcrossNuma: false,
  strictReservation: false,
};

const FIELD_OF: Readonly<Record<string, keyof StaticPolicyOptions>> = {
  'full-pcpus-only': 'fullPhysicalCpusOnly',
  'align-by-socket': 'alignBySocket',
  'distribute-cpus-across-cores': 'distributeAcrossCores',
  'distribute-cpus-across-numa': 'distributeAcrossNuma',
  'strict-cpu-reservation': 'strictReservation',
};

const ALPHA = ['align-by-socket', 'distribute-cpus-across-cores'];

/** An option that only a gate lets in, which is off (CheckPolicyOptionAvailable, as at v1.36). */
export function alphaOptionError(texts: Readonly<Record<string, string>>): string | undefined {
  const name = Object.keys(texts).find((option) => ALPHA.includes(option));
  if (name === undefined) return undefined;
  return `CPU Manager Policy Alpha-level Options not enabled, but option ${JSON.stringify(name)} provided`;
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/**
 * Reads the options; what is unknown, or cannot be, is refused in the kubelet's words
 * (pkg/kubelet/cm/cpumanager/policy_options.go NewStaticPolicyOptions, ValidateStaticPolicyOptions).
 * `prefer-align-cpus-by-uncorecache` is not here: it counts as unknown.
 */
export function staticPolicyOptions(
  texts: Readonly<Record<string, string>>,
): StaticPolicyOptions | { readonly error: string } {
  const options = { ...NO_OPTIONS };
  for (const [name, text] of Object.entries(texts)) {
    const field = FIELD_OF[name];
    if (field === undefined) return { error: `unknown CPU Manager Policy option: ${JSON.stringify(name)}` };
    if (!TRUE.includes(text) && !FALSE.includes(text)) {
      const cause = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
      return { error: `bad value for option ${JSON.stringify(name)}: ${cause}` };
    }
    options[field] = TRUE.includes(text);
  }
  if (options.fullPhysicalCpusOnly && options.distributeAcrossCores) {
    return {
      error:
        'static policy options FullPhysicalCPUsOnly and DistributeCPUsAcrossCores can not be used at the same time',
    };
  }
  return options;
}
