/** One thing that validation refuses, in the words of apimachinery's pkg/util/validation/field/errors.go. */

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'Duplicate'
  | 'NotFound'
  | 'NotSupported'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany';

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name`; the key of a map stands in brackets: `limits[cpu]`. */
  readonly field: string;
  /** What was found; absent for the types that do not say it. */
  readonly badValue?: unknown;
  readonly detail: string;
}

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  Duplicate: 'Duplicate value',
  NotFound: 'Not found',
  NotSupported: 'Unsupported value',
  Forbidden: 'Forbidden',
  TooLong: 'Too long',
  TooMany: 'Too many',
};

export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail });
export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'Forbidden',
  field,
  detail,
});
export const duplicate = (field: string, badValue: unknown): FieldError => ({
  type: 'Duplicate',
  field,
  badValue,
  detail: '',
});
export const notFound = (field: string, badValue: unknown): FieldError => ({
  type: 'NotFound',
  field,
  badValue,
  detail: '',
});
export const invalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'Invalid',
  field,
  badValue,
  detail,
});
export const notSupported = (field: string, badValue: unknown, supported: readonly string[]): FieldError => ({
  type: 'NotSupported',
  field,
  badValue,
  detail: `supported values: ${supported.map((value) => JSON.stringify(value)).join(', ')}`,
});
export const tooLong = (field: string, limitBytes: number): FieldError => ({
  type: 'TooLong',
  field,
  detail: `may not be more than ${limitBytes} bytes`,
});

export const tooMany = (field: string, found: number, limit: number): FieldError => ({
  type: 'TooMany',
  field,
  badValue: found,
  detail: `must have at most ${limit} items`,
});

/** Several messages about one value. */
export function invalids(field: string, badValue: unknown, details: readonly string[]): FieldError[] {
  return details.map((detail) => invalid(field, badValue, detail));
}

/** As Kubernetes prints it: `spec.containers[0].name: Invalid value: "A": must ...`. */
export function formatFieldError({ type, field, badValue, detail }: FieldError): string {
  const value = badValue === undefined ? '' : `: ${JSON.stringify(badValue)}`;
  return `${field}: ${WORDS[type]}${value}${detail === '' ? '' : `: ${detail}`}`;
}
