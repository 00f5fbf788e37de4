/** The two lines on top: what runs on which clock, and the strip of stages with the present one lit. */
import { STAGES, type Stage } from '../../lib/stage.ts';
import type { Drawing } from './drawing.ts';
import { type Line, lineWidth, type Span, span, spread } from './line.ts';
import { SPEEDS } from './screen-state.ts';
import { longTime } from './time.ts';

function speedText({ say, state }: Drawing): string {
  const speed = SPEEDS[state.speed] ?? 1;
  return Number.isFinite(speed) ? say('header.speed', { speed }) : say('header.fullSpeed');
}

/** The runtime, and what is to be known of it: its images are not the originals, its containers do not wait. */
function runtimeWords({ scene, say }: Drawing): string[] {
  if (scene.runtime === 'wasm') return [scene.runtime, say('header.standIns')];
  if (scene.runtime === 'docker') return [scene.runtime, say('header.containersGoOn')];
  return [scene.runtime];
}

/** Name, runtime, clock, time and seed on the left; what goes on, and how fast, on the right. */
export function drawHeader(drawing: Drawing, columns: number): Line {
  const { scene, state, glyphs, say } = drawing;
  const moving = state.activity !== 'idle';
  const left: Line = [
    span(' podstep ', 'strong'),
    span(` ${[...runtimeWords(drawing), say(`clock.${scene.clock}`)].join(` ${glyphs.dot} `)} `, 'faint'),
    span(` +${longTime(scene.elapsedMs)} `, 'accent'),
    span(` ${say('header.seed', { seed: scene.seed })}`, 'faint'),
    ...(scene.kubeletRuns ? [] : [span(` ${say('header.kubeletExited')} `, 'bad')]),
  ];
  const right: Line = [
    span(moving ? glyphs.playing : glyphs.paused, moving ? 'good' : 'warn'),
    span(` ${say(`activity.${state.activity}`)} `, moving ? 'good' : 'plain'),
    // The other clocks set their own pace.
    span(scene.clock === 'virtual' ? ` ${speedText(drawing)} ` : '', 'faint'),
  ];
  return spread(left, right, columns, glyphs.ellipsis);
}

/** Stages that are in the strip only once the pod has been in them: the node's own, and those of bad days. */
const OCCASIONAL: readonly Stage[] = ['heartbeat', 'evict'];

/** The pod whose journey is shown, also when it is gone. */
function uidOf({ selected }: Drawing): string {
  return selected.row?.entry.object.uid ?? selected.pod?.metadata.uid ?? '';
}

function strip(drawing: Drawing, stages: readonly Stage[], gap: string): Line {
  const { scene, selected, glyphs, say } = drawing;
  const lit = selected.row?.entry.stage;
  const passed = scene.stages.get(uidOf(drawing)) ?? new Set<Stage>();
  const spans: Span[] = [span(' ')];
  for (const [n, stage] of stages.entries()) {
    const name = say(`stage.${stage}`);
    // A heavy rule leads on from a stage that was passed: its weight is not told by the tone alone.
    const before = stages[n - 1];
    const link = before !== undefined && (passed.has(before) || before === lit);
    if (n > 0)
      spans.push(span(link ? gap.replaceAll(glyphs.horizontal, glyphs.litHorizontal) : gap, 'faint'));
    if (stage === lit) spans.push(span(` ${glyphs.lit} ${name} `, 'lit'));
    else if (passed.has(stage)) spans.push(span(name, 'plain'));
    else spans.push(span(name, 'faint'));
  }
  return spans;
}

/** The journey in one line: stages passed in full weight, the present one lit, those to come faint if there is room. */
export function drawStages(drawing: Drawing, columns: number): Line {
  const { scene, selected, glyphs } = drawing;
  const passed = scene.stages.get(uidOf(drawing));
  const seen = (stage: Stage) => passed?.has(stage) || stage === selected.row?.entry.stage;
  const stages = STAGES.filter((stage) => !OCCASIONAL.includes(stage) || seen(stage));
  const gaps = [` ${glyphs.horizontal} `, glyphs.horizontal, ' '];
  const strips = [stages, stages.filter(seen)].flatMap((some) =>
    gaps.map((gap) => strip(drawing, some, gap)),
  );
  return strips.find((line) => lineWidth(line) <= columns) ?? strips.at(-1) ?? [];
}
