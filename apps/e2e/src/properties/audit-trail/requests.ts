import type { Answer, AuditedGateway } from './gateway.js';
import { VALUE } from './gateway.js';

const ROOT = '/coffer/v1/main/namespaces/company.team';
export const KEYS = ['A', 'B', 'C'] as const;
const LANES = 16;

type Ask = (gateway: AuditedGateway, key: string) => Promise<Answer>;

/** Each kind of request, and how many records it makes. */
const KINDS: readonly (readonly [ask: Ask, records: number])[] = [
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}`), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}`), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}?inherit=false`), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/ABSENT_${key}`), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}`, { headers: { 'if-none-match': '*' } }), 1],
  [(gateway, key) => gateway.send('HEAD', `${ROOT}/values/${key}`), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}`, { as: 'nobody' }), 1],
  [(gateway, key) => gateway.send('GET', `${ROOT}/values/${key}`, { as: 'unprivileged' }), 1],
  [
    (gateway, key) =>
      gateway.send('POST', `${ROOT}/resolve`, { body: { keys: [{ key }, { key: 'ABSENT' }, { key: 'A' }] } }),
    3,
  ],
];

export const put = (gateway: AuditedGateway, key: string): Promise<Answer> =>
  gateway.send('PUT', '/api/v1/main/namespaces/company.team/secrets', { body: { key, value: VALUE } });

export const read = (gateway: AuditedGateway, key = 'A'): Promise<Answer> =>
  gateway.send('GET', `${ROOT}/values/${key}`);

export interface Traffic {
  readonly answers: readonly Answer[];
  /** Records that these requests make while a sink takes them. */
  readonly records: number;
  readonly values: number;
}

/** So many requests of all kinds, some at the same time. */
export const traffic = async (gateway: AuditedGateway, count: number): Promise<Traffic> => {
  const answers: Answer[] = [];
  let [next, records] = [0, 0];
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const [ask, made] = KINDS[index % KINDS.length] as (typeof KINDS)[number];
      records += made;
      answers.push(await ask(gateway, KEYS[Math.floor(index / KINDS.length) % KEYS.length] as string));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { answers, records, values: answers.reduce((sum, { values }) => sum + values, 0) };
};
