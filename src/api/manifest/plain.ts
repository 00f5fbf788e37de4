/** From a YAML document to plain values: aliases followed, merge keys merged, every place remembered. */
import { isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode, Scalar } from 'yaml';
import type { MessageKey, Told } from '../../messages/index.ts';
import { resolvePlain, type ScalarValue } from './scalars.ts';
import type { YamlDocument } from './syntax.ts';

/** A plain value as JSON has it, except for whole numbers beyond 2^53, which are bigint. */
export type Plain = ScalarValue | Plain[] | PlainMap;
export interface PlainMap {
  [key: string]: Plain;
}

/** Where a field's key and value stand, as offsets in the text. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

export interface PlainProblem {
  readonly path: string;
  readonly offset: number;
  readonly kind: 'duplicate' | 'other';
  /** For a duplicate: where the key stood first. */
  readonly firstOffset?: number;
  readonly message: string;
  readonly advice?: Told<MessageKey>;
}

export interface PlainDocument {
  readonly value: Plain;
  /** By path (`spec.containers[0].image`; the empty path is the document). */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly PlainProblem[];
}

/** Values that aliases and merges may multiply to; far more than any honest manifest repeats. */
const MAX_ALIASED_NODES = 20_000;

export function fieldPath(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`;
}

export function indexPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}

/** Converts a document without syntax errors. */
export function toPlain(document: YamlDocument): PlainDocument {
  const conversion = new Conversion();
  const value = document.contents ? conversion.convert(document.contents, '', undefined) : null;
  return { value, places: conversion.places, problems: conversion.problems };
}

class Conversion {
  readonly places = new Map<string, Place>();
  readonly problems: PlainProblem[] = [];
  readonly #anchors = new Map<string, Node>();
  /** The anchors on the way down: an alias to one of them contains itself. */
  readonly #open = new Set<Node>();
  #aliased = 0;
  #inAlias = false;

  convert(node: ParsedNode | Node, path: string, keyOffset: number | undefined): Plain {
    const offset = node.range?.[0] ?? 0;
    if (!this.places.has(path)) this.places.set(path, { key: keyOffset ?? offset, value: offset });
    if (this.#inAlias && ++this.#aliased > MAX_ALIASED_NODES) return this.#tooManyAliases(path, offset);
    if (isAlias(node)) return this.#follow(node.source, path, offset);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node, path);
    this.#open.add(node);
    const value = isMap(node)
      ? this.#map(node.items, path)
      : isSeq(node)
        ? this.#list(node.items, path)
        : null;
    this.#open.delete(node);
    return value;
  }

  #list(items: readonly unknown[], path: string): Plain[] {
    return items.map((item, index) => this.convert(item as Node, indexPath(path, index), undefined));
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: string): PlainMap {
    const map: PlainMap = {};
    const seen = new Map<string, number>();
    const merges: PlainMap[] = [];
    for (const { key, value } of items) {
      const keyNode = key as Node;
      const keyOffset = keyNode.range?.[0] ?? 0;
      const merge = isScalar(keyNode) && keyNode.type === Scalar.PLAIN && keyNode.value === '<<';
      if (merge) {
        merges.push(...this.#merged(value as Node, path, keyOffset));
        continue;
      }
      const name = this.#keyText(keyNode, path, keyOffset);
      if (name === undefined) continue;
      const first = seen.get(name);
      if (first !== undefined) this.#duplicate(name, path, keyOffset, first);
      seen.set(name, keyOffset);
      const child = fieldPath(path, name);
      set(map, name, value ? this.convert(value as Node, child, keyOffset) : null);
      if (!value) this.places.set(child, { key: keyOffset, value: keyOffset });
    }
    for (const merge of merges)
      for (const [key, value] of Object.entries(merge)) if (!seen.has(key)) set(map, key, value);
    return map;
  }

  #merged(node: Node, path: string, keyOffset: number): PlainMap[] {
    const value = this.convert(node, fieldPath(path, '<<'), keyOffset);
    const list = Array.isArray(value) ? value : [value];
    const maps = list.filter((item) => isPlainMap(item));
    if (maps.length === list.length) return maps;
    this.#problem(
      path,
      keyOffset,
      'error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value',
    );
    return [];
  }

  /** Keys that are no strings become strings, as sigs.k8s.io/yaml does it. */
  #keyText(node: Node, path: string, offset: number): string | undefined {
    const key = this.convert(node, `${path}.<key>`, offset);
    this.places.delete(`${path}.<key>`);
    if (key === null || typeof key === 'object') {
      this.#problem(
        path,
        offset,
        `error converting YAML to JSON: unsupported map key of type: ${key === null ? '<nil>' : 'map'}`,
      );
      return undefined;
    }
    return String(key);
  }

  #scalar(node: Scalar, path: string): Plain {
    const text = typeof node.value === 'string' ? node.value : String(node.value ?? '');
    switch (node.tag) {
      case undefined:
        return node.type === Scalar.PLAIN ? resolvePlain(text) : text;
      case 'tag:yaml.org,2002:int':
      case 'tag:yaml.org,2002:float':
      case 'tag:yaml.org,2002:bool':
      case 'tag:yaml.org,2002:null':
        return resolvePlain(text);
      case 'tag:yaml.org,2002:binary': {
        const bytes = /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) ? atob(text.replace(/\s/g, '')) : undefined;
        if (bytes !== undefined) return bytes;
        this.#problem(
          path,
          node.range?.[0] ?? 0,
          'error converting YAML to JSON: yaml: !!binary value contains invalid base64 data',
        );
        return text;
      }
      default:
        return text;
    }
  }

  #follow(anchor: string, path: string, offset: number): Plain {
    const target = this.#anchors.get(anchor);
    if (!target) {
      this.#problem(
        path,
        offset,
        `error converting YAML to JSON: yaml: unknown anchor '${anchor}' referenced`,
      );
      return null;
    }
    if (this.#open.has(target)) {
      this.#problem(
        path,
        offset,
        `error converting YAML to JSON: yaml: anchor '${anchor}' value contains itself`,
      );
      return null;
    }
    const outer = this.#inAlias;
    this.#inAlias = true;
    const value = this.convert(target, path, offset);
    this.#inAlias = outer;
    return value;
  }

  #tooManyAliases(path: string, offset: number): null {
    // Said once; afterwards every aliased value is nothing, so that the conversion ends soon.
    if (this.#aliased === MAX_ALIASED_NODES + 1) {
      const message = 'error converting YAML to JSON: yaml: document contains excessive aliasing';
      this.problems.push({ path, offset, kind: 'other', message, advice: { key: 'manifest.aliases' } });
    }
    return null;
  }

  #duplicate(name: string, path: string, offset: number, firstOffset: number): void {
    this.problems.push({
      path: fieldPath(path, name),
      offset,
      kind: 'duplicate',
      firstOffset,
      message: name,
    });
  }

  #problem(path: string, offset: number, message: string): void {
    this.problems.push({ path, offset, kind: 'other', message });
  }
}

export function isPlainMap(value: Plain | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets an own property even for `__proto__`. */
function set(map: PlainMap, key: string, value: Plain): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}
