/** Which taints a pod puts up with (validation.go ValidateTolerations). */
import type { Toleration } from '../types.ts';
import { type FieldError, invalid, invalids, notSupported } from './field-error.ts';
import { isLabelKey, isLabelValue } from './names.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Checks the tolerations of a pod. */
export function validateTolerations(
  tolerations: readonly Toleration[] | undefined,
  field: string,
): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, i) => {
    const { key = '', operator, effect, tolerationSeconds } = toleration;
    const at = `${field}[${i}]`;
    const errors = key === '' ? [] : invalids(`${at}.key`, key, isLabelKey(key));
    if (key === '' && operator !== 'Exists') {
      const detail =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator ?? '', detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${at}.effect`, effect ?? '', detail));
    }
    errors.push(...validateOperator(toleration, `${at}.operator`));
    if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS));
    return errors;
  });
}

function validateOperator({ operator, value = '' }: Toleration, field: string): FieldError[] {
  switch (operator || 'Equal') {
    case 'Equal': {
      const broken = isLabelValue(value);
      return broken.length === 0 ? [] : [invalid(field, value, broken.join(';'))];
    }
    case 'Exists':
      return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")];
    default:
      return [notSupported(field, operator, ['Equal', 'Exists'])];
  }
}
