import { CofferError } from '@coffer/secrets';
import { detailOf, type GatewayClient } from '../gateway-client.js';

/** A row of one of the gateway's lists; without tenant, namespace and key when it is about no secret. */
export interface DeadLetterRow {
  readonly id: string;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

/** One of the gateway's lists of dead letters. */
export interface DeadLetterKind {
  /** The list's path in the API, below the tenant. */
  readonly path: string;
  /** The command that has `list`, `replay` and `discard`. */
  readonly command: string;
  readonly description: string;
  /** Names of a line's fields, in their order; `path` is made of tenant, namespace and key. */
  readonly fields: readonly string[];
}

export const WRITES: DeadLetterKind = {
  path: '/dead-letters',
  command: 'coffer dead-letters',
  description: 'show writes that failed for good',
  fields: ['id', 'time', 'code', 'kind', 'path', 'operation'],
};

export const WEBHOOK_EVENTS: DeadLetterKind = {
  path: '/webhooks/dead-letters',
  command: 'coffer webhook dead-letters',
  description: 'show events that no receiver took in time',
  fields: ['id', 'time', 'webhook', 'attempts', 'path', 'reason'],
};

const PAGE_SIZE = 1_000;

interface Page {
  readonly results: readonly DeadLetterRow[];
  readonly total: number;
}

const isPage = (body: unknown): body is Page =>
  typeof body === 'object' && body !== null && 'results' in body && Array.isArray(body.results) && 'total' in body;

/** Every letter that the caller may see, oldest first. */
export const allDeadLetters = async (
  gateway: GatewayClient,
  { path }: DeadLetterKind,
): Promise<readonly DeadLetterRow[]> => {
  const deadLetters = new Map<string, DeadLetterRow>();
  for (let page = 1; ; page += 1) {
    const { status, body } = await gateway.call('GET', `${path}?page=${page}&size=${PAGE_SIZE}`);
    if (status !== 200) throw new CofferError('unavailable', `the gateway answered ${status}: ${detailOf(body)}`);
    if (!isPage(body)) throw new CofferError('unavailable', 'this is not the answer of a Coffer gateway; check --url');
    for (const deadLetter of body.results) deadLetters.set(deadLetter.id, deadLetter);
    if (body.results.length < PAGE_SIZE) return [...deadLetters.values()];
  }
};

const textOf = (field: unknown): string =>
  typeof field === 'string' ? field : typeof field === 'number' ? String(field) : '-';

/** One line, two spaces between its fields; the key is percent-encoded, so that no terminal takes it for a command. */
export const lineOf = (row: DeadLetterRow, { fields }: DeadLetterKind): string => {
  const { tenant, namespace, key } = row;
  const path = key === undefined ? '-' : `${tenant}/${namespace}/${encodeURIComponent(key)}`;
  return fields
    .map((field) => textOf(field === 'path' ? path : row[field]).replaceAll(/\p{C}|\s{2,}|[^\S ]/gu, '?'))
    .join('  ');
};
