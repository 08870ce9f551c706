import { CofferError, fenceOf, SecretPath } from '@coffer/secrets';
import type { SecretState } from './secret-state.js';
import { ownVersionOf, versionIdOf } from './version-id.js';
import { VersionWriter } from './version-writer.js';

const older = { fence: fenceOf(1, 1n), kind: 'value', revision: 3 } as const;
const newer = { fence: fenceOf(1, 2n), kind: 'value', revision: 4 } as const;
const stateOf = (current: string): SecretState => ({
  name: 'kestra/main/company/key',
  identity: { prefix: 'kestra', path: SecretPath.of('main', 'company', 'key') },
  Description: undefined,
  Tags: [],
  deleted: false,
  current,
  own: ownVersionOf(current),
  previous: undefined,
});
const patient = () => AbortSignal.timeout(10_000);
const change = {
  fence: newer.fence,
  kind: newer.kind,
  revision: (before: number) => before + 1,
  content: async () => ({ text: 'new', bytes: undefined }),
};

/** A service where a version label may not be moved, and that tells of a new version only after some looks. */
const service = (staleLooks: number) => {
  const put: string[] = [];
  let looks = 0;
  return {
    put: async (_name: string, versionId: string) => void put.push(versionId),
    describe: async () => {
      looks += 1;
      return stateOf(looks > staleLooks ? (put.at(-1) ?? '') : versionIdOf(older));
    },
    makeCurrent: async () => {
      throw new CofferError('denied', 'no', { vendorCode: 'AccessDeniedException' });
    },
    restore: async () => undefined,
    version: async () => undefined,
    versions: put,
  };
};

it.each([0, 1, 4])('makes one version though %d looks do not show it yet', async (staleLooks) => {
  const api = service(staleLooks);
  const advance = await new VersionWriter(api, 'kestra/=probe').advance(stateOf(versionIdOf(older)), change, patient());
  expect(advance).toMatchObject({ outcome: 'applied', state: { current: versionIdOf(newer) } });
  expect(api.versions).toEqual([versionIdOf(newer)]);
});

it('puts a version again under another id where putting it had no effect', async () => {
  const api = service(5);
  const advance = await new VersionWriter(api, 'kestra/=probe').advance(stateOf(versionIdOf(older)), change, patient());
  expect(advance.outcome).toBe('applied');
  expect(api.versions).toEqual([versionIdOf(newer), versionIdOf(newer, 1)]);
});
