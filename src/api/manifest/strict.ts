/**
 * Strict decoding of one object, as the API server does it with fieldValidation=Strict: every field known,
 * every value of its type. What comes out has Kubernetes' types: quantities in canonical form, nulls gone.
 */

import { parseGoDuration } from '../../lib/duration.ts';
import type { MessageKey, Told } from '../../messages/index.ts';
import { formatQuantity } from '../quantity/format.ts';
import { parseQuantityJson } from '../quantity/parse.ts';
import { fieldPath, indexPath, isPlainMap, type Plain, type PlainMap } from './plain.ts';
import { elementOf, type Fields, fieldsOf, goType, structName, type TypeName } from './schema.ts';
import { nearest } from './spelling.ts';

export interface DecodeProblem {
  readonly path: string;
  /** What the message is about: the field's name, or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** Only strictness makes it a mistake: the field is unknown, and left out. */
  readonly unknownField?: true;
  readonly advice?: Told<MessageKey>;
}

export interface Decoded {
  readonly value: Plain;
  readonly problems: readonly DecodeProblem[];
}

/** Decodes a value as the given type; goes on after a mistake, so that all of them are told at once. */
export function decodeStrict(value: Plain, type: TypeName): Decoded {
  const decoder = new Decoder();
  return {
    value: decoder.decode(value, type, { path: '', field: '', struct: '' }),
    problems: decoder.problems,
  };
}

/** Where the decoder is: the path with its indices, Go's path without them, and the struct that has the field. */
interface Where {
  readonly path: string;
  readonly field: string;
  readonly struct: string;
}

class Decoder {
  readonly problems: DecodeProblem[] = [];

  decode(value: Plain, type: TypeName, where: Where): Plain {
    const element = elementOf(type);
    if (element?.of === 'list') return this.#list(value, type, element.type, where);
    if (element?.of === 'map') return this.#map(value, type, element.type, where);
    const fields = fieldsOf(type);
    if (fields) return this.#struct(value, type, fields, where);
    return this.#scalar(value, type, where);
  }

  #struct(value: Plain, type: TypeName, fields: Fields, where: Where): Plain {
    if (value === null) return {};
    if (!isPlainMap(value)) return this.#mismatch(value, type, where, {});
    const result: PlainMap = {};
    for (const [key, child] of Object.entries(value)) {
      const path = fieldPath(where.path, key);
      const childType = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (childType === undefined) {
        this.#unknown(key, path, fields);
        continue;
      }
      // Go leaves a field alone that is null.
      if (child === null) continue;
      result[key] = this.decode(child, childType, {
        path,
        field: fieldPath(where.field, key),
        struct: structName(type),
      });
    }
    return result;
  }

  #list(value: Plain, type: TypeName, elementType: TypeName, where: Where): Plain {
    if (!Array.isArray(value)) return this.#mismatch(value, type, where, []);
    return value.map((item, index) => {
      const inner = { ...where, path: indexPath(where.path, index) };
      return this.decode(item ?? zeroOf(elementType), elementType, inner);
    });
  }

  #map(value: Plain, type: TypeName, elementType: TypeName, where: Where): Plain {
    if (!isPlainMap(value)) return this.#mismatch(value, type, where, {});
    const result: PlainMap = {};
    for (const [key, child] of Object.entries(value)) {
      const inner = { ...where, path: fieldPath(where.path, key) };
      const decoded = this.decode(child ?? zeroOf(elementType), elementType, inner);
      Object.defineProperty(result, key, {
        value: decoded,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  }

  #scalar(value: Plain, type: TypeName, where: Where): Plain {
    switch (type) {
      case 'any':
        return value;
      case 'string':
        return typeof value === 'string' ? value : this.#mismatch(value, type, where, '');
      case 'bool':
        return typeof value === 'boolean' ? value : this.#mismatch(value, type, where, false);
      case 'int32':
      case 'int64':
        return this.#integer(value, type, where);
      case 'float64':
        return typeof value === 'number' ? value : this.#mismatch(value, type, where, 0);
      case 'bytes':
        return this.#bytes(value, where);
      case 'Quantity':
        return this.#quantity(value, where);
      case 'IntOrString':
        return typeof value === 'string' ? value : this.#integer(value, 'int32', where, 'Go value');
      case 'Duration':
        return this.#duration(value, where);
      default:
        return this.#time(value, type, where);
    }
  }

  #integer(value: Plain, type: 'int32' | 'int64', where: Where, target?: string): Plain {
    const limit = type === 'int32' ? 2n ** 31n : 2n ** 63n;
    if (typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint') {
      const whole = BigInt(value as number | bigint);
      if (whole >= -limit && whole < limit) return Number(whole);
    }
    return this.#mismatch(value, type, where, 0, target);
  }

  #quantity(value: Plain, where: Where): Plain {
    const text = typeof value === 'object' ? JSON.stringify(value, bigintText) : String(value);
    const parsed = parseQuantityJson(text);
    if (parsed.ok) return formatQuantity(parsed.quantity);
    this.problems.push({ path: where.path, at: 'value', message: parsed.error });
    return '0';
  }

  #bytes(value: Plain, where: Where): Plain {
    if (typeof value !== 'string') return this.#mismatch(value, 'bytes', where, '');
    const text = value.replace(/[\r\n]/g, '');
    const good = /^[A-Za-z0-9+/]*={0,2}/.exec(text)?.[0] ?? '';
    if (good.length === text.length && text.length % 4 === 0) return text;
    const message = `illegal base64 data at input byte ${good.length === text.length ? text.length - (text.length % 4) : good.length}`;
    this.problems.push({ path: where.path, at: 'value', message });
    return '';
  }

  #duration(value: Plain, where: Where): Plain {
    if (typeof value !== 'string') return this.#mismatch(value, 'string', where, '0s', 'Go value');
    const parsed = parseGoDuration(value);
    if (parsed.ok) return value;
    this.problems.push({ path: where.path, at: 'value', message: parsed.error });
    return '0s';
  }

  #time(value: Plain, type: TypeName, where: Where): Plain {
    if (typeof value !== 'string') return this.#mismatch(value, type, where, '', 'Go value');
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value)) return value;
    const layout = type === 'MicroTime' ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    const text = JSON.stringify(value);
    this.problems.push({
      path: where.path,
      at: 'value',
      message: `parsing time ${text} as "${layout}": cannot parse ${text}`,
    });
    return '';
  }

  #unknown(key: string, path: string, fields: Fields): void {
    const names = Object.keys(fields);
    const similar = nearest(key, names);
    const advice: Told<MessageKey> = similar
      ? { key: 'manifest.didYouMean', values: { field: similar } }
      : { key: 'manifest.unknownField', values: { fields: names.join(', ') } };
    this.problems.push({
      path,
      at: 'key',
      message: `strict decoding error: unknown field "${path}"`,
      unknownField: true,
      advice,
    });
  }

  /** Go's words for a value of another type; returns what stands in its place, so that decoding goes on. */
  #mismatch(value: Plain, type: TypeName, where: Where, instead: Plain, target?: string): Plain {
    const field = where.field === '' ? 'Go value' : `Go struct field ${where.struct}.${where.field}`;
    const message = `json: cannot unmarshal ${jsonKind(value, type)} into ${target ?? field} of type ${goType(type)}`;
    const quotable = type === 'string' && (typeof value === 'number' || typeof value === 'boolean');
    const advice: Told<MessageKey> | undefined = quotable
      ? { key: 'manifest.quote', values: { value: String(value) } }
      : undefined;
    this.problems.push({ path: where.path, at: 'value', message, ...(advice && { advice }) });
    return instead;
  }
}

/** Go's word for what it met; for a number that does not fit it names the number. */
function jsonKind(value: Plain, wanted: TypeName): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
    case 'bigint':
      return wanted === 'int32' || wanted === 'int64' ? `number ${value}` : 'number';
    default:
      return value === null ? 'null' : 'object';
  }
}

/** What Go has where a list or a map says null. */
function zeroOf(type: TypeName): Plain {
  if (type === 'string' || type === 'bytes') return '';
  if (type === 'bool') return false;
  if (type === 'Quantity') return '0';
  if (type === 'int32' || type === 'int64' || type === 'float64' || type === 'IntOrString') return 0;
  const element = elementOf(type);
  if (element?.of === 'list') return [];
  return element || fieldsOf(type) ? {} : null;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
