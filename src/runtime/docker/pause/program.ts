/**
 * What the pause container runs, once for all processors: it holds the pod's namespaces open, reaps whom the pod's
 * processes leave behind, and ends when it is asked to. Follows build/pause/linux/pause.c of Kubernetes.
 */

/** The calls of the kernel that it makes; their numbers are each processor's own. */
export type Syscall = 'rt_sigprocmask' | 'rt_sigtimedwait' | 'wait4' | 'exit_group';

type Label = 'wait' | 'reap' | 'leave';

/** One step. What the last call has answered is what the jumps look at. */
export type Step =
  | { readonly do: 'label'; readonly label: Label }
  /** At most four arguments, as 32 bits. */
  | { readonly do: 'call'; readonly call: Syscall; readonly args: readonly number[] }
  | { readonly do: 'jump'; readonly to: Label }
  | { readonly do: 'jumpIfEqual'; readonly value: number; readonly to: Label }
  | { readonly do: 'jumpIfPositive'; readonly to: Label };

/** How one processor says it. Every kind of step always has the same length. */
export interface Processor {
  /** e_machine of its ELF files. */
  readonly machine: number;
  /** The step's bytes; `distance` leads from the step's first byte to the jump's target. */
  encode(step: Step, distance: number): readonly number[];
}

const SIGNAL = { INT: 2, TERM: 15, CHLD: 17 } as const;
const SIG_BLOCK = 0;
const WNOHANG = 1;
const ANY_CHILD = 0xff_ff_ff_ff;

/** The signals that it waits for, as a sigset_t. */
export const SIGNAL_SET = Object.values(SIGNAL).reduce((set, signal) => set | (1 << (signal - 1)), 0);
/** sizeof(sigset_t) for the kernel. */
export const SIGNAL_SET_BYTES = 8;

/** `signalSet`: where SIGNAL_SET lies in memory. */
function steps(signalSet: number): readonly Step[] {
  const call = (name: Syscall, ...args: readonly number[]): Step => ({ do: 'call', call: name, args });
  return [
    // Process 1 has no default actions: what is not blocked here would not be heard at all.
    call('rt_sigprocmask', SIG_BLOCK, signalSet, 0, SIGNAL_SET_BYTES),
    { do: 'label', label: 'wait' },
    call('rt_sigtimedwait', signalSet, 0, 0, SIGNAL_SET_BYTES),
    { do: 'jumpIfEqual', value: SIGNAL.CHLD, to: 'reap' },
    { do: 'jumpIfEqual', value: SIGNAL.TERM, to: 'leave' },
    { do: 'jumpIfEqual', value: SIGNAL.INT, to: 'leave' },
    { do: 'jump', to: 'wait' },
    { do: 'label', label: 'reap' },
    call('wait4', ANY_CHILD, 0, WNOHANG, 0),
    { do: 'jumpIfPositive', to: 'reap' },
    { do: 'jump', to: 'wait' },
    { do: 'label', label: 'leave' },
    call('exit_group', 0),
  ];
}

/** The program in the processor's language. */
export function assemble(processor: Processor, signalSet: number): Uint8Array {
  const all = steps(signalSet);
  const starts: number[] = [];
  const labels = new Map<Label, number>();
  let end = 0;
  for (const step of all) {
    if (step.do === 'label') labels.set(step.label, end);
    starts.push(end);
    end += processor.encode(step, 0).length;
  }
  const bytes = all.flatMap((step, index) => {
    const target = 'to' in step ? (labels.get(step.to) ?? 0) : 0;
    return processor.encode(step, target - (starts[index] ?? 0));
  });
  return Uint8Array.from(bytes);
}
