/** Loads Ink without what it does not use: the first frame is there a fifth of a second sooner. */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

/** Ink takes one function from a library, by way of the file that loads all 400 modules of it. */
const WHOLE = 'es-toolkit/compat';
const USED = 'es-toolkit/compat/throttle';
const IMPORT = "import { throttle } from 'es-toolkit/compat';";

/** Whether the module wants that function and nothing else of the library. */
function wantsOneFunction(url: string | undefined): boolean {
  if (url?.includes('/node_modules/ink/') !== true) return false;
  const source = readFileSync(fileURLToPath(url), 'utf8');
  return source.includes(IMPORT) && source.split(WHOLE).length === 2;
}

/** As `import('ink')`, and just that where the short way is not known: another Node, another version of Ink. */
export async function importInk(): Promise<typeof import('ink')> {
  const hooks = nodeModule.registerHooks?.({
    resolve(specifier, context, next) {
      if (specifier !== WHOLE || !wantsOneFunction(context.parentURL)) return next(specifier, context);
      const { url } = next(USED, context);
      const source = `export { default as throttle } from ${JSON.stringify(url)};`;
      return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true };
    },
  });
  try {
    return await import('ink');
  } finally {
    hooks?.deregister();
  }
}
