/** A container's own restart policy, and the exit codes that have a rule of their own (KEP-5307, KEP-5532). */
import type { Container } from '../types.ts';
import { type FieldError, notSupported, required, tooMany } from './field-error.ts';

const POLICIES = ['Always', 'Never', 'OnFailure'];
const ACTIONS = ['Restart', 'RestartAllContainers'];
const OPERATORS = ['In', 'NotIn'];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;

/** core/validation validateContainerRestartPolicy, with the gates that v1.36 has on. */
export function validateRestartRules(container: Container, field: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  const errors: FieldError[] = [];
  const at = `${field}.restartPolicy`;
  if (restartPolicy === undefined) {
    if (rules.length > 0) errors.push(required(at, 'must specify restartPolicy when restart rules are used'));
  } else if (!POLICIES.includes(restartPolicy)) errors.push(notSupported(at, restartPolicy, POLICIES));
  if (rules.length > MAX_RULES) errors.push(tooMany(`${at}Rules`, rules.length, MAX_RULES));
  return [...errors, ...rules.flatMap((rule, i) => validateRule(rule, `${at}Rules[${i}]`))];
}

function validateRule(
  { action, exitCodes }: NonNullable<Container['restartPolicyRules']>[number],
  field: string,
): FieldError[] {
  const errors = ACTIONS.includes(action ?? '')
    ? []
    : [notSupported(`${field}.action`, action ?? '', ACTIONS)];
  const at = `${field}.exitCodes`;
  if (exitCodes === undefined) return [...errors, required(at, 'must be specified')];
  const { operator = '', values = [] } = exitCodes;
  if (!OPERATORS.includes(operator)) errors.push(notSupported(`${at}.operator`, operator, OPERATORS));
  if (values.length > MAX_EXIT_CODES) errors.push(tooMany(`${at}.values`, values.length, MAX_EXIT_CODES));
  return errors;
}
