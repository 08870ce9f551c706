import { formsOf } from '../../leak-scan/index.js';
import type { Marks } from '../../leak-scan/marks.js';
import type { Witness } from './witness.js';

export const SECRETS = '/api/v1/main/namespaces/company.team/secrets';
export const VALUES = '/coffer/v1/main/namespaces/company.team/values';
const RESOLVE = '/coffer/v1/main/namespaces/company.team/resolve';

/** The control in the notations that a leak may have, stored in clear as anybody's description and tags are. */
const controls = ({ control }: Marks) => ({
  description: `control ${control}`,
  tags: formsOf(control)
    .filter(({ name }) => ['hex', 'base64 at 1', 'URL, every byte escaped', 'list of bytes'].includes(name))
    .map(({ bytes }, number) => ({ key: `form-${number}`, value: bytes.toString('utf8') })),
});

/** A secret is made, replaced, described, read in every way, and deleted. */
export const liveWell = async (witness: Witness, marks: Marks): Promise<void> => {
  const [first, second, third, field] = [marks.secret(), marks.secret(), marks.secret(), marks.secret()];
  const put = (what: string, body: object, headers: Readonly<Record<string, string>> = {}, good = [200]) =>
    witness.call(what, good, 'PUT', SECRETS, { body, headers });

  await put('put', { key: 'LIFE', value: first, ...controls(marks) });
  await witness.reveals('resolve', first, `${VALUES}/LIFE`);
  await witness.call('post', [200], 'POST', SECRETS, { body: { key: 'LIFE', value: second, ...controls(marks) } });
  await witness.call('patch', [200], 'PATCH', `${SECRETS}/LIFE`, { body: { description: marks.control } });
  await witness.reveals('resolve again', second, `${VALUES}/LIFE?refresh=true`);

  const key = { 'idempotency-key': 'canary' };
  const queued = await put('put later', { key: 'LATER', value: third }, { ...key, prefer: 'respond-async' }, [202]);
  await put('repeat with another value', { key: 'LATER', value: first }, key, [422]);
  const location = queued.headers.get('location') ?? '/none';
  await put('put behind it', { key: 'LATER', value: third });
  await witness.call('operation', [200], 'GET', location);

  const json = { key: 'JSON', value: JSON.stringify({ field, other: 1 }) };
  await put('put JSON', json);
  await witness.reveals('resolve a subkey', field, `${VALUES}/JSON?subkey=field`);
  await witness.call('resolve a subkey that is not there', [404, 422], 'GET', `${VALUES}/JSON?subkey=none`);
  await witness.call('resolve a subkey of a text', [422], 'GET', `${VALUES}/LIFE?subkey=field`);
  const keys = [{ key: 'LIFE' }, { key: 'LATER', subkey: 'x' }, { key: 'NONE' }, { key: 'JSON', subkey: 'field' }];
  await witness.revealsBatch('resolve a batch', [second, undefined, undefined, field], RESOLVE, { keys });

  await witness.call('list', [200], 'GET', '/api/v1/main/secrets?size=100');
  await witness.call('inherited', [200], 'GET', '/api/v1/main/namespaces/company.team.app/inherited-secrets');
  for (const path of ['/', '/health/live', '/health/ready', '/health/ready/writes', '/openapi.json']) {
    await witness.call(path, [200], 'GET', path);
  }
  await witness.call('delete', [204], 'DELETE', `${SECRETS}/LATER`);
  await witness.call('resolve what is deleted', [404], 'GET', `${VALUES}/LATER`);
};
