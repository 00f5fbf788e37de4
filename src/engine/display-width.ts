/** How wide a text is in a terminal, for everything that is printed in columns. */
import { createRequire } from 'node:module';
import type stringWidth from 'string-width';

/** Printable ASCII, arrows, and what boxes are drawn with: all of them one cell, and most of what is printed. */
const ONE_CELL_EACH = /^[\x20-\x7e\u2190-\u2193\u2500-\u257f]*$/;

const require = createRequire(import.meta.url);
let measure: typeof stringWidth | undefined;

/** Terminal cells that `text` takes; wide characters take two, escape sequences none. */
export function displayWidth(text: string): number {
  if (ONE_CELL_EACH.test(text)) return text.length;
  // Its tables of emoji take longer to load than a pod takes to start: only for those who need them.
  measure ??= (require('string-width') as { readonly default: typeof stringWidth }).default;
  return measure(text);
}
