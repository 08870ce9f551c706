import { randomUUID } from 'node:crypto';
import type { FaultyStore, Harness } from '@coffer/backend-conformance';
import { HttpProxy, type HttpRequest, type HttpVerdict } from '@coffer/backend-conformance/faults';
import type { Backend } from '@coffer/backend-contract';
import { openVaultBackend } from '@coffer/backend-vault-kv2';
import { SecretValue, type ErrorCode, type SecretPath } from '@coffer/secrets';
import type { CofferTarget } from '../../vault-clients/coffer-target.js';

const MOUNT = 'secret';
const REPORTED: readonly ErrorCode[] = ['unavailable', 'timeout'];
/** Longest key, and longest namespace, of the Coffer below: there, prefix, tenant and namespace are one namespace. */
const MAX_NAME_LENGTH = 256;
const UUID_LENGTH = 36;

/** An error that repeats everything it was sent, as an error may. */
const refusal =
  (status: number, text: string) =>
  ({ headers, body }: HttpRequest): HttpVerdict => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [`${text}: ${String(headers['x-vault-token'])} ${body.toString('utf8')}`] }),
  });

/** As the adapter names a secret below Vault's engine: a byte that is no plain character takes three. */
const escapedLength = (text: string): number =>
  Array.from(text, (character) => (/[\w.@:~-]/.test(character) ? 1 : 3 * Buffer.byteLength(character))).reduce(
    (sum, length) => sum + length,
    0,
  );

const fits = ({ tenant, namespace, key }: SecretPath): boolean =>
  escapedLength(key) <= MAX_NAME_LENGTH && UUID_LENGTH + tenant.length + namespace.length + 2 <= MAX_NAME_LENGTH;

/** Coffer's own adapter for Vault, over the Vault API of another Coffer, which the suite starts and stops. */
export const cofferOnCofferHarness = (start: () => Promise<CofferTarget>): Harness => {
  let started: Promise<CofferTarget> | undefined;
  const target = (): Promise<CofferTarget> => (started ??= start());

  const open = async (
    token: string,
    { prefix = randomUUID(), address }: { readonly prefix?: string; readonly address?: string } = {},
  ): Promise<Backend> =>
    openVaultBackend({
      connection: {
        address: address ?? (await target()).address,
        login: { method: 'token', token: new SecretValue(token) },
      },
      rootEngine: MOUNT,
      prefix,
    });
  const ask = async (method: string, place: string, body?: object): Promise<unknown> => {
    const { address, token } = await target();
    const response = await fetch(`${address}/v1/${MOUNT}/${place}`, {
      method,
      headers: { 'x-vault-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${place}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const behind = async (
    verdict: Parameters<HttpProxy['set']>[0],
    codes: readonly ErrorCode[],
  ): Promise<FaultyStore> => {
    const { address, token } = await target();
    const proxy = await HttpProxy.to(address);
    proxy.set('pass');
    const backend = await open(token, { address: proxy.url });
    return {
      backend,
      codes,
      arm: () => proxy.set(verdict),
      disarm: () => proxy.set('pass'),
      close: async () => {
        await backend.close();
        await proxy.close();
      },
    };
  };
  return {
    name: 'vault-kv2 over Coffer',
    open: async (options) => open((await target()).token, options),
    credentials: {
      wrong: () => open('coffer_unknown'),
      forbidden: async () => open((await target()).outsiderToken),
    },
    external: {
      create: async (prefix, { tenant, namespace, key }, value, tags = []) => {
        const place = [prefix, tenant, ...namespace.split('.'), key].map(encodeURIComponent).join('/');
        await ask('POST', `data/${place}`, { data: { value } });
        const custom_metadata = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
        if (tags.length > 0) await ask('POST', `metadata/${place}`, { custom_metadata });
        return place;
      },
      change: async (place, value) => void (await ask('POST', `data/${place}`, { data: { value } })),
      valueOf: async (place) => {
        const { data } = (await ask('GET', `data/${place}`)) as { data: { data: { value: string } } };
        return data.data.value;
      },
      duplicates: false,
    },
    faults: {
      throttled: { open: () => behind(refusal(429, 'too many requests'), ['throttled']) },
      'server-error': { open: () => behind(refusal(500, 'internal error'), ['unavailable']) },
      'cut-before': { open: () => behind('cut-before', REPORTED) },
      'cut-after': { open: () => behind('cut-after', REPORTED) },
      'timeout-after': { open: () => behind('timeout-after', REPORTED) },
    },
    shorterNames: {
      fits,
      reason:
        'prefix, tenant and namespace are one namespace there, and a key is escaped, each of at most 256 characters',
    },
    departures: {
      'round trip: largest value': 'what the adapter keeps beside a value counts towards the largest value there',
      'two prefixes see nothing of each other':
        'a prefix is part of a namespace there, which has no capitals or blanks',
    },
    credentialCanaries: [],
    close: async () => (await started)?.close(),
  };
};
