/**
 * Makes the field tables of Kubernetes' types out of the type declarations of `kubernetes-models`, so that
 * strict decoding knows every field without the package being loaded at run time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { NEWER_FIELDS, SPECIAL_FIELDS } from './newer-fields.ts';

/** The API groups and versions that a manifest may name (the generally available ones). */
const GROUPS = [
  'v1',
  'apps/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'networking.k8s.io/v1',
  'node.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
];

const require = createRequire(import.meta.url);
const MODELS = dirname(require.resolve('kubernetes-models/package.json'));
const MACHINERY = dirname(require.resolve('@kubernetes-models/apimachinery/package.json'));

/** Types with a reading of their own, by the name of the declaration. */
const BUILT_IN: Readonly<Record<string, string>> = {
  IIoK8sApimachineryPkgApiResourceQuantity: 'Quantity',
  IIoK8sApimachineryPkgUtilIntstrIntOrString: 'IntOrString',
  IIoK8sApimachineryPkgApisMetaV1Time: 'Time',
  IIoK8sApimachineryPkgApisMetaV1MicroTime: 'MicroTime',
  IIoK8sApimachineryPkgApisMetaV1FieldsV1: 'any',
  IIoK8sApimachineryPkgRuntimeRawExtension: 'any',
};

type Fields = Record<string, string>;
interface Schema {
  readonly kinds: Record<string, string>;
  readonly types: Record<string, Fields>;
}

/** The text of src/api/manifest/schema.json: one line a type, sorted. */
export function generateSchema(): string {
  const schema: Schema = { kinds: {}, types: {} };
  for (const group of GROUPS) {
    for (const file of readdirSync(join(MODELS, group)).sort()) {
      if (!file.endsWith('.d.ts') || file === 'index.d.ts') continue;
      const path = join(MODELS, group, file);
      const kind = /export interface \w+ extends TypeMeta/.test(readFileSync(path, 'utf8'));
      if (kind) schema.kinds[`${group}/${basename(file, '.d.ts')}`] = addType(schema, path);
    }
  }
  for (const [type, fields] of Object.entries(NEWER_FIELDS)) Object.assign(schema.types[type] ?? {}, fields);
  for (const [type, fields] of Object.entries(SPECIAL_FIELDS))
    Object.assign(schema.types[type] ?? {}, fields);
  const block = (entries: [string, unknown][]) =>
    entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n  "kinds": {\n${block(Object.entries(schema.kinds))}\n  },\n  "types": {\n${block(Object.entries(schema.types))}\n  }\n}\n`;
}

/** Adds the type that the file declares, with all that it refers to; returns its name. */
function addType(schema: Schema, path: string): string {
  const name = typeName(path);
  if (schema.types[name]) return name;
  const fields: Fields = {};
  schema.types[name] = fields;
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const body = /export interface \w+(?: extends [\w, ]+)? \{/.exec(text);
  if (!body) throw new Error(`${path}: no interface`);
  const reader = new TypeReader(
    text,
    body.index + body[0].length,
    schema,
    importsOf(text, path),
    intFields(path),
  );
  Object.assign(fields, reader.fields());
  return name;
}

/** `v1.Container`, `apps/v1.DeploymentSpec`, `meta/v1.ObjectMeta`: what Go calls it, after the group's path. */
function typeName(path: string): string {
  const root = path.startsWith(MACHINERY) ? join(MACHINERY, 'apis') : MODELS;
  const folder = relative(root, dirname(path)).split(sep).join('/');
  return `${folder}.${basename(path, '.d.ts')}`;
}

function importsOf(text: string, path: string): Map<string, string> {
  const imports = new Map<string, string>();
  for (const [, name = '', from = ''] of text.matchAll(/import \{ (\w+) \} from "([^"]+)"/g)) {
    if (from.startsWith('@kubernetes-models/apimachinery/')) {
      imports.set(name, join(MACHINERY, `${from.slice('@kubernetes-models/apimachinery/'.length)}.d.ts`));
    } else if (from.startsWith('.')) {
      imports.set(name, join(dirname(path), from.replace(/\.js$/, '.d.ts')));
    }
  }
  return imports;
}

/** Which number fields are int64 or floating-point: only the compiled validators beside the types say so. */
function intFields(path: string): (field: string) => string {
  const inMachinery = path.startsWith(MACHINERY);
  const folder = relative(inMachinery ? MACHINERY : join(MODELS), dirname(path)).split(sep);
  const words = inMachinery
    ? ['apimachinery', 'pkg', ...folder]
    : ['api', ...(folder.length > 1 ? folder : ['core', ...folder])];
  const camel = words
    .map((word) => word.replace(/\.(k8s\.io|authorization\.k8s\.io)$/, ''))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const file = `IoK8s${camel}${basename(path, '.d.ts')}.js`;
  const code = readFileSync(join(inMachinery ? MACHINERY : MODELS, '_schemas', file), 'utf8');
  const bodies = new Map<string, string>();
  for (const part of code.split(/(?=function validate\d+\()/)) {
    const id = /^function (validate\d+)\(/.exec(part)?.[1];
    if (id) bodies.set(id, part);
  }
  const formatOf = (id: string, depth = 0): string => {
    const body = bodies.get(id) ?? '';
    const found = /format:"(int64|int32|double)"/.exec(body)?.[1];
    if (found) return found === 'double' ? 'float64' : found;
    const inner = /(validate\d+)\(data\[/.exec(body)?.[1];
    return inner && depth < 3 ? formatOf(inner, depth + 1) : 'int32';
  };
  return (field) => {
    const id = new RegExp(`(validate\\d+)\\(data\\.${field}\\b`).exec(code)?.[1];
    return id ? formatOf(id) : 'int32';
  };
}

/** Reads the small part of TypeScript that the declarations use. */
class TypeReader {
  readonly #text: string;
  #at: number;
  readonly #schema: Schema;
  readonly #imports: Map<string, string>;
  readonly #numberOf: (field: string) => string;

  constructor(
    text: string,
    at: number,
    schema: Schema,
    imports: Map<string, string>,
    numberOf: (field: string) => string,
  ) {
    this.#text = text;
    this.#at = at;
    this.#schema = schema;
    this.#imports = imports;
    this.#numberOf = numberOf;
  }

  /** Fields up to the closing brace. */
  fields(): Fields {
    const fields: Fields = {};
    while (!this.#take(/\}/)) {
      const name = this.#take(/"([^"]+)"\??:/) ?? this.#fail('a field');
      fields[name] = this.#type(name);
      this.#take(/;/);
    }
    return fields;
  }

  #type(field: string): string {
    const first = this.#one(field);
    let type = first;
    while (this.#take(/\|/) !== undefined) {
      const next = this.#one(field);
      if (next !== first) type = 'any';
    }
    return type;
  }

  #one(field: string): string {
    if (this.#take(/"[^"]*"/) !== undefined || this.#take(/string\b/) !== undefined) return 'string';
    if (this.#take(/boolean\b/) !== undefined) return 'bool';
    if (this.#take(/number\b/) !== undefined) return this.#numberOf(field);
    if (this.#take(/(?:unknown|any|object)\b/) !== undefined) return 'any';
    if (this.#take(/Array</) !== undefined) {
      const element = this.#type(field);
      this.#take(/>/);
      return `[]${element}`;
    }
    if (this.#take(/\{\s*\[key: string\]:/) !== undefined) {
      const value = this.#type(field);
      this.#take(/;/);
      this.#take(/\}/);
      return `map[string]${value}`;
    }
    if (this.#take(/\{/) !== undefined) return this.#inline();
    const name = this.#take(/(\w+)/) ?? this.#fail('a type');
    const builtIn = BUILT_IN[name];
    if (builtIn) return builtIn;
    const path = this.#imports.get(name) ?? this.#fail(`the import of ${name}`);
    return addType(this.#schema, path);
  }

  /** The one type that is written in place: a StatefulSet's claim templates. */
  #inline(): string {
    const keys = Object.keys(this.fields()).join();
    if (keys !== 'apiVersion,kind,metadata,spec,status') throw new Error(`an unnamed type with ${keys}`);
    return addType(this.#schema, join(MODELS, 'v1', 'PersistentVolumeClaim.d.ts'));
  }

  #take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(`\\s*${pattern.source}`, 'y');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (!match) return undefined;
    this.#at = sticky.lastIndex;
    return match[1] ?? match[0];
  }

  #fail(wanted: string): never {
    throw new Error(`expected ${wanted} at: ${this.#text.slice(this.#at, this.#at + 60)}`);
  }
}
