import { HttpProxy, type HttpAnswer } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { openAwsSecretsManagerBackend } from './open.js';

const PATH = SecretPath.of('main', 'company', 'k');
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const keys = { accessKeyId: 'AKIA', secretAccessKey: new SecretValue('secret') };
const json = (body: string, status = 200): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body,
});

/** What a proxy, another service or an emulator may answer with a status of success. */
const FOREIGN: readonly (readonly [string, HttpAnswer])[] = [
  ['nothing', json('')],
  ['204', { status: 204 }],
  ['null', json('null')],
  ['a list', json('[1]')],
  ['an object of nothing', json('{}')],
  ['a list in a list', json(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
  ['a page of HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>canary</html>' }],
];

describe('what is not AWS Secrets Manager', () => {
  let service: HttpProxy;
  let backend: Backend;
  beforeEach(async () => {
    service = await HttpProxy.to('http://127.0.0.1:9');
    backend = openAwsSecretsManagerBackend({ region: 'eu-west-1', prefix: 'kestra', keys, endpoint: service.url });
  });
  afterEach(async () => {
    await backend.close();
    await service.close();
  });

  const list = async (): Promise<void> => {
    for await (const _page of backend.list({ tenant: 'main' }, call())) void _page;
  };
  const refusals = async (): Promise<CofferError[]> => {
    const content = { kind: 'put' as const, path: PATH, value: new SecretValue('canary'), metadata: { tags: [] } };
    const asked = [
      backend.read(PATH, call()),
      list(),
      backend.check(call()),
      backend.apply(content, { fence: fenceOf(1, 1n), ...call() }),
      backend.apply({ kind: 'delete', path: PATH }, { fence: fenceOf(1, 2n), ...call() }),
    ];
    const ended = await Promise.allSettled(asked);
    return ended.map((each) => {
      if (each.status === 'rejected' && CofferError.is(each.reason)) return each.reason;
      throw new Error(`it ${each.status === 'rejected' ? 'failed by no error of ours' : 'was taken for an answer'}`);
    });
  };

  it.each(FOREIGN)('and answers %s, says nothing of a secret, not even that there is none', async (_what, answer) => {
    service.set(() => answer);
    for (const { code, message } of await refusals()) {
      expect(code).toBe('unavailable');
      expect(message).not.toContain('canary');
    }
  });

  it('and has a version without a value, gives no empty one', async () => {
    service.set(() => json('{"Name": "n", "VersionId": "v", "SecretList": []}'));
    await expect(backend.read(PATH, call())).rejects.toThrow('what answers is not the service');
  });

  it('and answers without an end, is not listened to', async () => {
    service.set(() => json(`{"Name": "${'x'.repeat(17 * 1_048_576)}"}`));
    await expect(backend.read(PATH, call())).rejects.toThrow('the answer is larger than 16 MiB');
  });
});
