/** Writes the page with the machines' charts (`npm run charts`). */
import { writeFileSync } from 'node:fs';
import { chartsPage } from './mermaid.ts';

writeFileSync(new URL('../../../src/machines/README.md', import.meta.url), chartsPage());
