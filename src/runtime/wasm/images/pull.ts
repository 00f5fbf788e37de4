/**
 * One pull into the store: blobs first, a few at once, then the programs transpiled, and only then the name. A crash
 * in between leaves no half image, and what has arrived is found again.
 */
import type { PullProgress } from '../../port.ts';
import type { RegistryLimits } from '../registry/limits.ts';
import type { Artifact, ArtifactBlob, Manifest } from './artifact.ts';
import type { Descriptor } from './digest.ts';
import { type BUILT, COMPONENTS, type ImageLayout, type IndexEntry, REF_NAME, RULES } from './layout.ts';
import { withLock } from './lock.ts';
import type { TranspiledComponents } from './transpiled.ts';
import { type ImageProgram, unpack } from './unpack.ts';

type Report = (phase: PullProgress['phase'], doneBytes: number, totalBytes: number) => void;

/** What is noted beside the name. */
type Notes = Pick<IndexEntry['annotations'], typeof BUILT>;

export interface PullWorld {
  readonly layout: ImageLayout;
  readonly transpiled: TranspiledComponents;
  readonly limits: RegistryLimits;
  /** Takes away what no image needs any more. Only under the store's lock. */
  readonly sweep: () => Promise<void>;
}

/** Another process may transpile a large program while it holds the store. */
const WAIT_FOR_STORE_MS = 180_000;
/** Between two reports of a download. */
const REPORT_BYTES = 256 << 10;
/** Another process may remove what has just arrived, before it has a name. */
const ROUNDS = 3;

/** Brings the artifact into the store under `name`. @throws Error */
export async function pullArtifact(
  world: PullWorld,
  name: string,
  artifact: Artifact,
  report: Report,
  notes: Notes = {},
): Promise<void> {
  for (let round = 1; ; round++) {
    await fetchBlobs(world, artifact, report);
    const isDone = await withLock(
      world.layout.directory,
      () => settle(world, name, artifact, report, notes),
      {
        giveUpMs: WAIT_FOR_STORE_MS,
      },
    );
    if (isDone) return;
    if (round >= ROUNDS) throw new Error(`the blobs of ${name} are removed as soon as they arrive`);
  }
}

async function fetchBlobs({ layout, limits }: PullWorld, artifact: Artifact, report: Report): Promise<void> {
  const { manifest, manifestBytes, blobs } = artifact;
  const totalBytes = total(blobs.map(({ descriptor }) => descriptor));
  const phase = blobs.some((blob) => 'open' in blob) ? 'downloading' : 'copying';
  const done = new Map<Descriptor, number>();
  let reported = 0;
  report(phase, 0, totalBytes);
  const note = (descriptor: Descriptor, bytes: number) => {
    done.set(descriptor, bytes);
    const sum = [...done.values()].reduce((all, one) => all + one, 0);
    if (bytes < descriptor.size && Math.abs(sum - reported) < REPORT_BYTES) return;
    reported = sum;
    report(phase, Math.min(sum, totalBytes), totalBytes);
  };
  const one = async (blob: ArtifactBlob) => {
    const { descriptor } = blob;
    if ('read' in blob) await layout.copy(descriptor, blob.read);
    else {
      const kind = descriptor === blobs[0]?.descriptor ? 'config' : 'layer';
      await layout.ingest(descriptor, blob.open, {
        limits,
        kind,
        onBytes: (bytes) => note(descriptor, bytes),
      });
    }
    note(descriptor, descriptor.size);
  };
  await inParallel(blobs, limits.parallel, one, () => artifact.close?.());
  await layout.copy(manifest, async () => manifestBytes);
}

/** Works on a few at once; the first failure stops the others. */
async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
  stop: () => void,
): Promise<void> {
  const failures: unknown[] = [];
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
        stop();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Verifies, transpiles and names. False when a blob is gone again. Only under the store's lock. */
async function settle(
  { layout, transpiled, sweep }: PullWorld,
  name: string,
  artifact: Artifact,
  report: Report,
  notes: Notes,
): Promise<boolean> {
  const blobs = [...artifact.blobs.map(({ descriptor }) => descriptor), artifact.manifest];
  const totalBytes = total(blobs);
  let verifiedBytes = 0;
  for (const descriptor of blobs) {
    if (!(await layout.isWhole(descriptor))) return false;
    verifiedBytes += descriptor.size;
    report('verifying', verifiedBytes, totalBytes);
  }
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(artifact.manifestBytes));
  const { programs } = await unpack(manifest, (descriptor) => layout.read(descriptor));
  const made = await transpile(transpiled, programs, report);
  const others = (await layout.entries()).filter((entry) => entry.annotations[REF_NAME] !== name);
  const entry: IndexEntry = {
    ...artifact.manifest,
    annotations: { ...notes, [REF_NAME]: name, [COMPONENTS]: made.join(' '), [RULES]: transpiled.rules },
  };
  await layout.writeEntries([...others, entry]);
  await sweep();
  return true;
}

function total(descriptors: readonly Descriptor[]): number {
  return descriptors.reduce((sum, { size }) => sum + size, 0);
}

/** The digests of the programs that can run; one that the image is not about may be something else. */
async function transpile(
  transpiled: TranspiledComponents,
  programs: readonly ImageProgram[],
  report: Report,
): Promise<readonly string[]> {
  const totalBytes = programs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const made: string[] = [];
  let doneBytes = 0;
  for (const { digest, read, isNeeded, sizeBytes } of programs) {
    try {
      await transpiled.make([{ digest, read }], (_, isDone) =>
        report('transpiling', doneBytes + (isDone ? sizeBytes : 0), totalBytes),
      );
      made.push(digest);
    } catch (error) {
      if (isNeeded) throw error;
    }
    doneBytes += sizeBytes;
  }
  return made;
}
