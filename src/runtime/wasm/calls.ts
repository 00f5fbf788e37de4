/** Calls of the runtime thread, in the order in which the port was called. */
import type { IssueOrder } from './issue-order.ts';
import type { Node } from './node.ts';
import type { CallName, Params, Result } from './thread/protocol.ts';

/** Asks the runtime thread, and waits for its answer. @throws RuntimeError as the thread says, or when it is gone */
export type Call = <Name extends CallName>(name: Name, params: Params<Name>) => Promise<Result<Name>>;

/** Sends each call in its turn. Its answer may take virtual time: the next call does not wait for that. */
export function callsInOrder(node: Node, order: IssueOrder): Call {
  return async (name, params) => {
    const { answer } = await order.run(async () => ({ answer: node.thread.call(name, params) }));
    return answer;
  };
}
