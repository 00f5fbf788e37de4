import { expect, test } from 'vitest';
import { composeEngine, formatManifestError, loadManifests, PodstepError, tell } from '../src/index.ts';

test('the package gives what a program needs to read manifests and to run them', async () => {
  const { objects, errors } = loadManifests('apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', 'a.yaml');
  expect(objects).toEqual([]);
  expect(errors.map(formatManifestError)).toEqual([
    'a.yaml:1:1: Pod "a" is invalid: spec.containers: Required value',
  ]);
  expect(tell({ key: 'manifest.tab' }, 'zh')).toContain('制表符');
  const environment = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const options = { runtime: 'docker', clock: 'wall', seed: 1, nodeName: 'n', environment } as const;
  await expect(composeEngine(options)).rejects.toBeInstanceOf(PodstepError);
});
