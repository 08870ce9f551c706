import { notationsOf } from '../../leak-scan/index.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import type { RecordingClient } from './recording-client.js';

export const SECRETS = '/api/v1/main/namespaces/company.team/secrets';
export const VALUES = '/coffer/v1/main/namespaces/company.team/values';
const RESOLVE = '/coffer/v1/main/namespaces/company.team/resolve';

/** The control in the notations that a leak may have, stored in clear as anybody's description and tags are. */
const controls = ({ control }: MarkerTexts) => ({
  description: `control ${control}`,
  tags: notationsOf(control)
    .filter(({ name }) => ['hex', 'base64 at 1', 'URL, every byte escaped', 'list of bytes'].includes(name))
    .map(({ bytes }, number) => ({ key: `form-${number}`, value: bytes.toString('utf8') })),
});

/** A secret is made, replaced, described, read in every way, and deleted. */
export const useEveryEndpoint = async (client: RecordingClient, texts: MarkerTexts): Promise<void> => {
  const [first, second, third, field] = [texts.secret(), texts.secret(), texts.secret(), texts.secret()];
  const put = (what: string, body: object, headers: Readonly<Record<string, string>> = {}, good = [200]) =>
    client.call(what, good, 'PUT', SECRETS, { body, headers });

  await put('put', { key: 'LIFE', value: first, ...controls(texts) });
  await client.reveals('resolve', first, `${VALUES}/LIFE`);
  await client.call('post', [200], 'POST', SECRETS, { body: { key: 'LIFE', value: second, ...controls(texts) } });
  await client.call('patch', [200], 'PATCH', `${SECRETS}/LIFE`, { body: { description: texts.control } });
  await client.reveals('resolve again', second, `${VALUES}/LIFE?refresh=true`);

  const key = { 'idempotency-key': 'leak scan' };
  const queued = await put('put later', { key: 'LATER', value: third }, { ...key, prefer: 'respond-async' }, [202]);
  await put('repeat with another value', { key: 'LATER', value: first }, key, [422]);
  const location = queued.headers.get('location') ?? '/none';
  await put('put behind it', { key: 'LATER', value: third });
  await client.call('operation', [200], 'GET', location);

  const json = { key: 'JSON', value: JSON.stringify({ field, other: 1 }) };
  await put('put JSON', json);
  await client.reveals('resolve a subkey', field, `${VALUES}/JSON?subkey=field`);
  await client.call('resolve a subkey that is not there', [404, 422], 'GET', `${VALUES}/JSON?subkey=none`);
  await client.call('resolve a subkey of a text', [422], 'GET', `${VALUES}/LIFE?subkey=field`);
  const keys = [{ key: 'LIFE' }, { key: 'LATER', subkey: 'x' }, { key: 'NONE' }, { key: 'JSON', subkey: 'field' }];
  await client.revealsBatch('resolve a batch', [second, undefined, undefined, field], RESOLVE, { keys });

  await client.call('list', [200], 'GET', '/api/v1/main/secrets?size=100');
  await client.call('inherited', [200], 'GET', '/api/v1/main/namespaces/company.team.app/inherited-secrets');
  for (const path of ['/', '/health/live', '/health/ready', '/health/ready/writes', '/openapi.json']) {
    await client.call(path, [200], 'GET', path);
  }
  await client.call('delete', [204], 'DELETE', `${SECRETS}/LATER`);
  await client.call('resolve what is deleted', [404], 'GET', `${VALUES}/LATER`);
};
