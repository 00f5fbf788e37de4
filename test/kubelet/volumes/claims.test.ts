import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { resolveClaim } from '../../../src/kubelet/volumes/claims.ts';

const claim = (spec: object, phase = 'Bound', metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c', namespace: 'ns', uid: 'claim-uid', ...metadata },
  spec,
  status: { phase },
});
const volume = (spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv' },
  spec,
});
const use = { volumeName: 'data', mounted: true, asDevice: false };
const bound = { claimRef: { uid: 'claim-uid' } };

function resolve(found: KubeObject | undefined, behind?: KubeObject, how = use) {
  const result = resolveClaim('ns', 'c', how, { claim: () => found, volume: () => behind });
  return result.ok ? result.volume.metadata.name : result.error;
}

test('a bound claim leads to its volume', () => {
  expect(resolve(claim({ volumeName: 'pv' }), volume(bound))).toBe('pv');
});

test.each([
  [undefined, undefined, 'failed to fetch PVC from API server: persistentvolumeclaims "c" not found'],
  [claim({}, 'Bound', { deletionTimestamp: 'now' }), undefined, 'PVC is being deleted'],
  [claim({ volumeName: 'pv' }, 'Pending'), undefined, 'PVC is not bound'],
  [claim({}), undefined, 'PVC has empty pvc.Spec.VolumeName'],
  [
    claim({ volumeName: 'pv' }),
    undefined,
    'failed to fetch PV pv from API server: persistentvolumes "pv" not found',
  ],
  [
    claim({ volumeName: 'pv' }),
    volume({}),
    'found PV object pv but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim',
  ],
  [
    claim({ volumeName: 'pv' }),
    volume({ claimRef: { uid: 'other' } }),
    'found PV object pv but its pv.Spec.ClaimRef.UID other does not point to claim.UID claim-uid',
  ],
])('and others do not', (found, behind, error) => {
  expect(resolve(found, behind)).toBe(`error processing PVC ns/c: ${error}`);
});

test('files are not asked of a device, nor a device of files', () => {
  const block = volume({ ...bound, volumeMode: 'Block' });
  expect(resolve(claim({ volumeName: 'pv' }), block)).toBe(
    'volume data has volumeMode Block, but is specified in volumeMounts',
  );
  const asDevice = { ...use, mounted: false, asDevice: true };
  expect(resolve(claim({ volumeName: 'pv' }), volume(bound), asDevice)).toBe(
    'volume data has volumeMode Filesystem, but is specified in volumeDevices',
  );
});
