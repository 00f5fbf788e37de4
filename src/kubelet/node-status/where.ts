/** Where the real kubelet keeps its Node, its Lease and its idea of the runtime. */
import { at, type Where } from '../../machines/trace.ts';

const nodeStatus = 'pkg/kubelet/kubelet_node_status.go';
export const NODE_WHERE = {
  register: at(nodeStatus, 'tryRegisterWithAPIServer'),
  update: at(nodeStatus, 'tryUpdateNodeStatus'),
  fast: at(nodeStatus, 'fastNodeStatusUpdate'),
  csiNode: at('pkg/volume/csi/nodeinfomanager/nodeinfomanager.go', 'CreateCSINode'),
  lease: at('staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go', 'ensureLease'),
  renewLease: at('staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go', 'retryUpdateLease'),
} as const satisfies Record<string, Where>;

/** Each condition (`Ready`, `DiskPressure`, ...) has a setter of its own name (pkg/kubelet/nodestatus/setters.go). */
export const conditionWhere = (type: string): Where =>
  at('pkg/kubelet/nodestatus/setters.go', `${type}Condition`);
