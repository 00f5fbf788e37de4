/** The machines as data for whoever draws them: the screen, and the diagrams in `README.md` beside this file. */
import type { StateKey } from '../messages/states.ts';
import { type MachineName, machines } from './run-machine.ts';

export interface ChartState {
  /** The path with dots, as in a snapshot. */
  readonly id: string;
  readonly parent?: string;
  /** The key of the message that says what the state is. */
  readonly description: StateKey;
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  /** The event's name; empty for a delay. */
  readonly event: string;
  readonly guard?: string;
  /** The name of the delay after which the state is left by itself. */
  readonly delay?: string;
}

export interface Chart {
  readonly machine: MachineName;
  /** The leaf in which the machine begins. */
  readonly initial: string;
  /** Parents before their children. */
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
  /** Events that a state refuses although a state around it would take them. */
  readonly refusals: readonly { readonly state: string; readonly event: string }[];
}

/** What the chart reads of XState's nodes. */
interface Node {
  readonly path: readonly string[];
  readonly states: Readonly<Record<string, Node>>;
  readonly initial: { readonly target?: readonly Node[] };
  readonly transitions: ReadonlyMap<
    string,
    readonly {
      readonly eventType: string;
      readonly target?: readonly Node[];
      readonly guard?: unknown;
      readonly actions?: readonly unknown[];
    }[]
  >;
}

const idOf = (node: Node) => node.path.join('.');

/** The leaf that entering `node` leads to. */
function leafOf(node: Node): Node {
  const child = node.initial.target?.[0];
  return child === undefined ? node : leafOf(child);
}

function guardName(guard: unknown): string | undefined {
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'object' || guard === null) return undefined;
  const { type, params } = guard as { type: string; params?: { reason?: string } };
  return params?.reason === undefined ? type : `${type} ${params.reason}`;
}

const AFTER = /^xstate\.after\.([^.]+)\./;

function edgesOf(node: Node): ChartEdge[] {
  const edges: ChartEdge[] = [];
  for (const transitions of node.transitions.values()) {
    for (const { eventType, target, guard } of transitions) {
      const [to] = target ?? [];
      if (to === undefined) continue;
      const delay = AFTER.exec(eventType)?.[1];
      const named = guardName(guard);
      edges.push({
        from: idOf(node),
        to: idOf(to),
        event: delay === undefined ? eventType : '',
        ...(named === undefined ? {} : { guard: named }),
        ...(delay === undefined ? {} : { delay }),
      });
    }
  }
  return edges;
}

function walk(node: Node): Node[] {
  return [node, ...Object.values(node.states).flatMap(walk)];
}

/** The chart of a machine. An edge from a parent state holds for all its children. The root's own id is empty. */
export function chartOf(machine: MachineName): Chart {
  const root = machines[machine].root as unknown as Node;
  const nodes = walk(root);
  return {
    machine,
    initial: idOf(leafOf(root)),
    states: nodes
      .filter((node) => node !== root)
      .map((node) => ({
        id: idOf(node),
        ...(node.path.length > 1 ? { parent: node.path.slice(0, -1).join('.') } : {}),
        description: `state.${machine}.${idOf(node)}` as StateKey,
      })),
    edges: nodes.flatMap(edgesOf),
    refusals: nodes.flatMap((node) =>
      [...node.transitions]
        .filter(([, [only, ...more]]) => more.length === 0 && !only?.target && !only?.actions?.length)
        .map(([event]) => ({ state: idOf(node), event })),
    ),
  };
}
