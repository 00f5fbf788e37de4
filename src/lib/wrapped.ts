/** An object with something done around every call: how the engine watches the runtime, and how faults come into it. */

/** A method, bound to its object. */
export type Call = (...args: unknown[]) => unknown;

/** Puts `wrap` around every method, once, when it is first asked for; what is no function stays as it is. */
export function wrapped<T extends object>(object: T, wrap: (name: string, call: Call) => Call): T {
  const known = new Map<string | symbol, Call>();
  return new Proxy(object, {
    get(target, name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const made = wrap(String(name), member.bind(target) as Call);
      known.set(name, made);
      return made;
    },
  });
}
