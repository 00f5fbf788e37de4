/** Equality of plain data, as JSON would see it: the order of keys is nothing, `undefined` is an absent key. */

/** True when both hold the same values. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameData(item, b[index]))
    );
  }
  return sizeOf(a) === sizeOf(b) && holds(a, b as Readonly<Record<string, unknown>>);
}

/** How many keys have a value. */
function sizeOf(data: object): number {
  return Object.values(data).reduce((size: number, value) => (value === undefined ? size : size + 1), 0);
}

/** Every value of `a` is also in `b`. */
function holds(a: object, b: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(a).every(
    ([key, value]) => value === undefined || (Object.hasOwn(b, key) && sameData(value, b[key])),
  );
}
