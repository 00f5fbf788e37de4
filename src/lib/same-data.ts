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
  const [left, right] = [entriesOf(a), entriesOf(b)];
  return left.size === right.size && [...left].every(([key, value]) => sameData(value, right.get(key)));
}

function entriesOf(data: object): Map<string, unknown> {
  return new Map(Object.entries(data).filter(([, value]) => value !== undefined));
}
