import { CofferError } from '@coffer/secrets';
import { detailOf, type GatewayClient } from '../gateway-client.js';

/** A row of the gateway's list; without tenant, namespace and key when the mutation names no secret. */
export interface DeadLetterRow {
  readonly id: string;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly kind: string;
  readonly code: string;
  readonly operation: string;
  readonly time: string;
}

const PAGE_SIZE = 1_000;

interface Page {
  readonly results: readonly DeadLetterRow[];
  readonly total: number;
}

const isPage = (body: unknown): body is Page =>
  typeof body === 'object' && body !== null && 'results' in body && Array.isArray(body.results) && 'total' in body;

/** Every letter that the caller may see, oldest first. */
export const allDeadLetters = async (gateway: GatewayClient): Promise<readonly DeadLetterRow[]> => {
  const deadLetters = new Map<string, DeadLetterRow>();
  for (let page = 1; ; page += 1) {
    const { status, body } = await gateway.call('GET', `/dead-letters?page=${page}&size=${PAGE_SIZE}`);
    if (status !== 200) throw new CofferError('unavailable', `the gateway answered ${status}: ${detailOf(body)}`);
    if (!isPage(body)) throw new CofferError('unavailable', 'this is not the answer of a Coffer gateway; check --url');
    for (const deadLetter of body.results) deadLetters.set(deadLetter.id, deadLetter);
    if (body.results.length < PAGE_SIZE) return [...deadLetters.values()];
  }
};

/** One line without spaces in its fields; the key is percent-encoded, so that no terminal takes it for a command. */
export const lineOf = ({ id, time, code, kind, tenant, namespace, key, operation }: DeadLetterRow): string => {
  const path = key === undefined ? '-' : `${tenant}/${namespace}/${encodeURIComponent(key)}`;
  return [id, time, code, kind, path, operation].map((field) => field.replaceAll(/[\s\p{C}]/gu, '?')).join('  ');
};
