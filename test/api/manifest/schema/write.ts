/** `npm run schema`: writes the field tables anew; a test says when that is due. */
import { writeFileSync } from 'node:fs';
import { generateSchema } from './generate.ts';

writeFileSync(new URL('../../../../src/api/manifest/schema.json', import.meta.url), generateSchema());
