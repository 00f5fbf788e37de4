/** The file `cpu_manager_state`: one line of JSON whose checksum is the one a real kubelet computes. */
import { fnv1a32 } from '../../lib/fnv.ts';
import { type CpuSet, formatCpus, parseCpus } from './cpu-set.ts';
import type { CpuAssignments, CpuEntries } from './static-policy.ts';

type Texts = Readonly<Record<string, string>>;

/** What stands in the file (state/checkpoint.go CPUManagerCheckpoint, the v2 form). */
interface Checkpoint {
  readonly policyName: string;
  readonly defaultCpuSet: string;
  readonly entries: Readonly<Record<string, Texts>>;
  readonly checksum: number;
}

/** The first form had container ids for keys. */
type CheckpointV1 = Omit<Checkpoint, 'entries'> & { readonly entries: Texts };

/** Finds whose a container id of a v1 file is. */
export type ContainerById = (id: string) => { readonly podUid: string; readonly name: string } | undefined;

/** The file's text for this state (MarshalCheckpoint). */
export function writeCheckpoint(policyName: string, state: CpuAssignments): string {
  const entries = mapValues(state.entries, (containers) => mapValues(containers, formatCpus));
  const checkpoint = { policyName, defaultCpuSet: formatCpus(state.defaultCpuSet), entries };
  const checksum = checksumOf({ ...checkpoint, checksum: 0 }, MAP_V2);
  const { entries: _empty, ...bare } = checkpoint;
  return JSON.stringify({ ...(Object.keys(entries).length > 0 ? checkpoint : bare), checksum });
}

/** The state that the file tells, or why it cannot be used (stateCheckpoint.restoreState). */
export function readCheckpoint(
  text: string,
  policyName: string,
  containerById: ContainerById = () => undefined,
): CpuAssignments | { readonly error: string } {
  const found = loadV2(text, containerById);
  if ('error' in found) return found;
  if (found.policyName !== policyName) {
    const differs = `differs from state checkpoint policy ${JSON.stringify(found.policyName)}`;
    return { error: `configured policy ${JSON.stringify(policyName)} ${differs}` };
  }
  const defaultCpuSet = parseCpus(found.defaultCpuSet);
  if ('error' in defaultCpuSet) {
    const shown = JSON.stringify(found.defaultCpuSet);
    return { error: `could not parse default cpu set ${shown}: ${defaultCpuSet.error}` };
  }
  const entries: Record<string, Record<string, CpuSet>> = {};
  for (const [pod, containers] of Object.entries(found.entries)) {
    for (const [name, cpus] of Object.entries(containers)) {
      const set = parseCpus(cpus);
      if ('error' in set) {
        const where = `for container ${JSON.stringify(name)} in pod ${JSON.stringify(pod)}`;
        return { error: `could not parse cpuset ${JSON.stringify(cpus)} ${where}: ${set.error}` };
      }
      entries[pod] = { ...entries[pod], [name]: set };
    }
  }
  return { entries: entries satisfies CpuEntries, defaultCpuSet };
}

/** The v2 form, or the v1 form made v2 (loadAndMigrateCheckpointV2). */
function loadV2(text: string, containerById: ContainerById): Checkpoint | { readonly error: string } {
  const json = parseJson(text);
  if ('error' in json) return json;
  const v2 = verified<Checkpoint>(json.value, isTextsOfTexts, MAP_V2);
  if (!('error' in v2)) return v2;
  const v1 = verified<CheckpointV1>(json.value, isTexts, MAP_V1);
  if ('error' in v1) return v1;
  const entries: Record<string, Record<string, string>> = {};
  for (const [id, cpus] of Object.entries(v1.entries)) {
    const owner = containerById(id);
    if (owner === undefined) {
      const lost = `containerID '${id}' not found in initial containers list`;
      return { error: `failed to migrate checkpoint from v1 to v2: ${lost}` };
    }
    entries[owner.podUid] = { ...entries[owner.podUid], [owner.name]: cpus };
  }
  return { ...v1, entries };
}

/** JSON as Go reads it, with Go's words for a text that ends too early. */
function parseJson(text: string): { readonly value: Record<string, unknown> } | { readonly error: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown> }
      : { error: 'json: cannot unmarshal into Go value of type state.CPUManagerCheckpointV1' };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    const unterminated = message.startsWith('Unterminated');
    if (at >= text.length || unterminated) return { error: 'unexpected end of JSON input' };
    return { error: `invalid character '${text[at]}' looking for beginning of value` };
  }
}

function verified<Form extends Checkpoint | CheckpointV1>(
  value: Record<string, unknown>,
  isEntries: (entries: unknown) => entries is Form['entries'],
  mapType: string,
): Form | { readonly error: string } {
  const { policyname = '', defaultcpuset = '', entries = {}, checksum = 0 } = lowerKeys(value);
  if (!isEntries(entries)) {
    const kind = Object.values(entries ?? {}).some((one) => typeof one === 'object') ? 'object' : 'string';
    const wanted = mapType === MAP_V1 ? 'string' : 'map[string]string';
    const field = `Go struct field CPUManagerCheckpoint${mapType === MAP_V1 ? 'V1' : ''}.entries`;
    return { error: `json: cannot unmarshal ${kind} into ${field} of type ${wanted}` };
  }
  const form = { policyName: String(policyname), defaultCpuSet: String(defaultcpuset), entries } as Form;
  // A file of an old kubelet has none.
  if (checksum !== 0 && checksum !== checksumOf({ ...form, checksum: 0 }, mapType)) {
    return { error: 'checkpoint is corrupted' };
  }
  return { ...form, checksum: Number(checksum) };
}

/** Go finds a field whatever the case of its name. */
function lowerKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field]));
}

const MAP_V1 = 'map[string]string';
const MAP_V2 = 'map[string]map[string]string';

/**
 * FNV-32a over go-spew's print of a pointer to the Go struct, keys sorted
 * (pkg/kubelet/checkpointmanager/checksum New, pkg/util/hash DeepHashObject).
 */
function checksumOf(form: Checkpoint | CheckpointV1, mapType: string): number {
  const { policyName, defaultCpuSet, entries } = form;
  const fields = [
    `PolicyName:(string)${policyName}`,
    `DefaultCPUSet:(string)${defaultCpuSet}`,
    `Entries:(${mapType})${goMap(entries)}`,
    'Checksum:(checksum.Checksum)0',
  ];
  return fnv1a32(`(*state.CPUManagerCheckpoint){${fields.join(' ')}}`);
}

function goMap(entries: Readonly<Record<string, string | Texts>>): string {
  const keys = Object.keys(entries).sort();
  const texts = keys.map((key) => {
    const value = entries[key] ?? '';
    return `${key}:${typeof value === 'string' ? value : goMap(value)}`;
  });
  return `map[${texts.join(' ')}]`;
}

function isTexts(value: unknown): value is Texts {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((v) => typeof v === 'string')
  );
}

function isTextsOfTexts(value: unknown): value is Checkpoint['entries'] {
  return typeof value === 'object' && value !== null && Object.values(value).every(isTexts);
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
