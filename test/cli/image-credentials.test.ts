import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockerCredentials } from '../../src/cli/image-credentials.ts';

let docker: string;

beforeEach(async () => {
  docker = await mkdtemp(join(tmpdir(), 'podstep-docker-'));
});

afterEach(() => rm(docker, { recursive: true, force: true }));

async function credentials(image: string, config: unknown) {
  await writeFile(join(docker, 'config.json'), JSON.stringify(config));
  return dockerCredentials(image, { language: 'en', environment: { DOCKER_CONFIG: docker } });
}

const basic = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

test('an identity token stands for user and password, as docker login leaves it', async () => {
  const config = {
    auths: { 'a.azurecr.io': { ...basic('00000000-0000-0000-0000-000000000000:'), identitytoken: 'long' } },
  };
  expect(await credentials('a.azurecr.io/team/app:1', config)).toEqual({
    auth: { username: '', password: '', identityToken: 'long' },
  });
  expect(await credentials('b.azurecr.io/team/app:1', config)).toEqual({});
});

test('the nearest entry counts, with a token or without', async () => {
  const auths = {
    'r.io': { identitytoken: 'of all' },
    'r.io/team': basic('team:secret'),
    'r.io/empty': {},
  };
  expect(await credentials('r.io/team/app', { auths })).toEqual({
    auth: { username: 'team', password: 'secret' },
  });
  expect(await credentials('r.io/other', { auths })).toMatchObject({ auth: { identityToken: 'of all' } });
  expect(await credentials('r.io/empty/app', { auths })).toMatchObject({ auth: { identityToken: 'of all' } });
});

test.each([{}, { auths: null }, { auths: { 'r.io': null } }, { auths: { 'r.io': 'x' } }, []])(
  'nothing is found in %j',
  async (config) => {
    expect(await credentials('r.io/app', config)).toEqual({});
  },
);
