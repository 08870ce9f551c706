import { SECRETS, VALUES } from './life.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import type { RecordingClient } from './recording-client.js';

/** Larger than any store takes. */
const LARGE_VALUE = 600_000;

const REFUSED = [400, 404, 405, 415, 422] as const;

const bodies = (texts: MarkerTexts): Readonly<Record<string, unknown>> => {
  const value = texts.secret();
  const inJson = JSON.stringify(value);
  return {
    'JSON cut short': `{"key":"M","value":${inJson}`,
    'JSON with a comma too many': `{"key":"M","value":${inJson},}`,
    'no JSON': `key=M&value=${value}`,
    'single quotes': `{'key':'M','value':'${value}'}`,
    'a text': inJson,
    'a list': [value],
    'a number as key': { key: 1, value },
    'an object as value': { key: 'M', value: { inner: value } },
    'a list as value': { key: 'M', value: [value] },
    'an unknown field': { key: 'M', value, other: value },
    'no key': { value },
    'an empty key': { key: '', value },
    'another namespace': { key: 'M', value, namespace: 'other' },
    'a key that is too long': { key: 'M'.repeat(300), value },
    'a lone surrogate': `{"key":"M","value":"\\ud800${inJson.slice(1)}}`,
    'a reserved tag': { key: 'M', value, tags: [{ key: 'coffer-x', value: 'x' }] },
    'a tag twice': { key: 'M', value, tags: [1, 2].map(() => ({ key: 't', value: 'x' })) },
    'tags that are none': { key: 'M', value, tags: value },
    'a value that is too large': { key: 'M', value: texts.large(LARGE_VALUE) },
  };
};

/** Every kind of request that is refused, each with a value in it. */
export const makeMistakes = async (client: RecordingClient, texts: MarkerTexts): Promise<void> => {
  for (const [what, body] of Object.entries(bodies(texts))) await client.call(what, REFUSED, 'PUT', SECRETS, { body });

  const body = { key: 'M', value: texts.secret() };
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
    const headers = { 'content-type': type };
    await client.call(`the content type ${type}`, [415], 'PUT', SECRETS, { body, headers });
  }
  const elsewhere: readonly (readonly [string, string, string])[] = [
    ['an unknown route', 'PUT', '/api/v1/main/nowhere'],
    ['an unknown face', 'POST', '/nowhere'],
    ['a wrong method', 'PUT', `${VALUES}/LIFE`],
    ['a namespace that is none', 'PUT', '/api/v1/main/namespaces/NO%20NAMESPACE/secrets'],
    ['a tenant that is none', 'PUT', '/api/v1/NO%20TENANT/namespaces/company/secrets'],
    ['a patch with a value', 'PATCH', `${SECRETS}/LIFE`],
    ['a patch of what is not there', 'PATCH', `${SECRETS}/NONE`],
    ['a batch that is none', 'POST', '/coffer/v1/main/namespaces/company.team/resolve'],
  ];
  for (const [what, method, path] of elsewhere) await client.call(what, REFUSED, method, path, { body });
  await client.call('a delete with a body', [204, 400, 422], 'DELETE', `${SECRETS}/NONE`, { body });
  await client.call('an operation that is none', REFUSED, 'GET', '/coffer/v1/main/operations/none');
  await client.call('a filter that is none', REFUSED, 'GET', '/api/v1/main/secrets?filters[none][EQUALS]=x');
};
