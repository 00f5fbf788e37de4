/** A resize in the plan: the container is updated while it runs, or killed to start anew with other limits. */
import type { ContainerStatus } from '../../api/cri.ts';
import type { Container } from '../../api/types.ts';
import type { ResizeAction } from '../allocation/resize-actions.ts';
import type { Plan } from './plan.ts';

export type ResizeOf = (container: Container, status: ContainerStatus) => ResizeAction;

/** kuberuntime_manager.go computePodResizeAction; whoever asks starts the container again after a restart. */
export function planResize(
  plan: Plan,
  container: Container,
  status: ContainerStatus,
  resize: ResizeOf = () => ({ type: 'none' }),
): ResizeAction['type'] {
  const action = resize(container, status);
  const { id, resources: before } = status;
  const { name } = container;
  if (action.type === 'restart') {
    plan.containersToKill.push({
      id,
      name,
      message: `Container ${name} resize requires restart`,
      reason: '',
    });
  }
  if (action.type === 'update' && before !== undefined) {
    plan.containersToUpdate.push({ id, name, before, resources: action.resources });
  }
  return action.type;
}
