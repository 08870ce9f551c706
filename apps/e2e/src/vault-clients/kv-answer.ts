import { request as httpRequest } from 'node:http';
import type { VaultTarget } from './target.js';

export interface KvRequest {
  readonly method: string;
  /** Below `/v1/secret/`, raw. */
  readonly path: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** `Content-Type`; none when absent. */
  readonly type?: string;
}

/** An answer as a client sees it that looks neither at the clock nor at sentences. */
export interface KvAnswer {
  readonly status: number;
  readonly body: unknown;
}

type Json = Readonly<Record<string, unknown>>;

interface Received {
  readonly status: number;
  readonly body: Json | undefined;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const ID = /^[0-9a-f-]{36}$/;
/** What clients compare. */
const SENTENCES = ['check-and-set parameter did not match the current version'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sends what no `fetch` sends: the method LIST, and a body without a type. */
export const send = (
  { address, token }: Pick<VaultTarget, 'address' | 'token'>,
  { method, path, body, type }: KvRequest,
): Promise<Received> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      'x-vault-token': token,
      'x-vault-request': 'true',
      ...(type !== undefined && { 'content-type': type }),
      ...(text !== undefined && { 'content-length': Buffer.byteLength(text) }),
    };
    const sent = httpRequest(`${address}/v1/secret/${path}`, { method, agent: false, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString();
        const parsed = answer === '' ? undefined : (JSON.parse(answer) as Json | null);
        resolve({ status: response.statusCode ?? 0, body: parsed ?? undefined });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });

/** The version that was written, if one was. */
export const answerOf = ({ status, body }: Received): { readonly version?: number } => {
  const version = isObject(body?.['data']) ? body['data']['version'] : undefined;
  return status === 200 && typeof version === 'number' ? { version } : {};
};

const timeOf = (value: unknown): unknown => (typeof value === 'string' && TIME.test(value) ? 'a time' : value);

const versionOf = (fields: Json, ahead: number): Json => ({
  ...fields,
  created_time: timeOf(fields['created_time']),
  version: Number(fields['version']) - ahead,
});

/** The fields of metadata that both servers have; of the versions, the current one alone. */
const metadataOf = (data: Json, ahead: number): Json => {
  const current = Number(data['current_version']);
  const versions = data['versions'] as Readonly<Record<number, Json>>;
  const { created_time: created, deletion_time: deleted, destroyed } = versions[current] ?? {};
  return {
    current: current - ahead,
    times: [data['created_time'], data['updated_time'], created].map(timeOf),
    ...{ deleted, destroyed, custom: data['custom_metadata'] },
    ...{ casRequired: data['cas_required'], deleteAfter: data['delete_version_after'] },
  };
};

const dataOf = (data: unknown, ahead: number): unknown => {
  if (!isObject(data)) return data;
  if ('current_version' in data) return metadataOf(data, ahead);
  if ('metadata' in data) return { ...data, metadata: versionOf(data['metadata'] as Json, ahead) };
  return 'version' in data ? versionOf(data, ahead) : data;
};

/** `ahead`: by how much the versions of this server are higher. */
export const normalized = ({ status, body }: Received, ahead: number): KvAnswer => {
  // Vault says it with an empty list, or with nothing at all.
  if (status === 404) return { status, body: undefined };
  if (status >= 400) {
    const errors = body?.['errors'];
    const all = Array.isArray(errors) ? errors.map(String) : [];
    const known = SENTENCES.find((sentence) => all.some((error) => error.includes(sentence)));
    return { status, body: known ?? (all.length > 0 ? 'sentences' : 'no sentence') };
  }
  if (body === undefined) return { status, body };
  const hasId = ID.test(String(body['request_id']));
  return {
    status,
    body: { ...body, request_id: hasId ? 'an id' : body['request_id'], data: dataOf(body['data'], ahead) },
  };
};
