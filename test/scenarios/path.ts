/** Paths into objects, as `kubectl -o jsonpath` writes them without the braces: `status.conditions[type=Ready].status`. */

const STEP = /([^.[\]]+)|\[(\d+)\]|\[([^=\]]+)=([^\]]*)\]/g;

/** What lies at `path`; undefined when there is nothing. A name with dots is put in quotes by the caller's `[key=value]`. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const [, name, index, key, wanted] of path.matchAll(STEP)) {
    if (here === undefined || here === null) return undefined;
    if (name !== undefined) here = (here as Record<string, unknown>)[name];
    else if (index !== undefined) here = (here as readonly unknown[])[Number(index)];
    else {
      const items = here as readonly Record<string, unknown>[];
      here = items.find((item) => String(item[key ?? '']) === wanted);
    }
  }
  return here;
}
