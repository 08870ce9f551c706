import type { Cluster } from '../../cluster/index.js';
import type { Api } from '../../harness/index.js';
import type { Outcome } from '../../harness/outcome.js';
import { Count, valueOf } from '../../workload/check-count.js';

const NAMESPACE = 'company.conditional';

const valueAndTag = async (gateway: Api, key: string) => {
  const answer = await gateway.value(NAMESPACE, key);
  return { value: Number(valueOf(answer)), tag: String(answer.headers.get('etag')) };
};

/** Adds one, `rounds` times, by `If-Match` alone: what is refused is read and tried again. */
const increment = async (gateway: Api, key: string, rounds: number, count: Count): Promise<number> => {
  let refused = 0;
  for (let done = 0; done < rounds;) {
    const { value, tag } = await valueAndTag(gateway, key);
    const { status, text } = await gateway.put(NAMESPACE, { key, value: String(value + 1) }, { 'if-match': tag });
    if (status === 200) done += 1;
    else {
      refused += 1;
      count.check(status === 412, () => `a conditional write was answered ${status} ${text}`);
      if (status !== 412) return refused;
    }
  }
  return refused;
};

/** Sends a write that demands that there is no secret yet through all gateways at the same time: one is taken. */
const createOnce = async (gateways: readonly Api[], key: string, count: Count): Promise<void> => {
  const answers = await Promise.all(
    gateways.map((gateway, side) => gateway.put(NAMESPACE, { key, value: String(side) }, { 'if-none-match': '*' })),
  );
  const statuses = answers.map(({ status }) => status);
  const winners = statuses.flatMap((status, side) => (status === 200 ? [side] : []));
  const found = await Promise.all(gateways.map(async (gateway) => valueOf(await gateway.value(NAMESPACE, key))));
  const isRight = winners.length === 1 && statuses.every((status) => status === 200 || status === 412);
  count.check(
    isRight && found.every((value) => value === String(winners[0])),
    () => `of creations at the same time (${statuses.join()}) it holds ${found.join()}`,
  );
};

/** Two writers through two gateways, each of whose writes counts or is refused: none is lost. */
export const conditionalWrites = async (cluster: Cluster, rounds: number): Promise<Outcome> => {
  const count = new Count();
  const { a, b } = cluster.pair();
  for (let round = 0; round < rounds; round += 1) await createOnce([a, b], `CREATED_${round}`, count);
  const key = 'COUNTER';
  count.taken(await a.put(NAMESPACE, { key, value: '0' }));
  const refused = await Promise.all([a, b].map((gateway) => increment(gateway, key, rounds, count)));
  const { value, tag } = await valueAndTag(b, key);
  count.check(value === 2 * rounds, () => `of ${2 * rounds} increments ${value} count; refused: ${refused.join()}`);
  const removed = await a.delete(NAMESPACE, key, { 'if-match': '"another"' });
  count.check(removed.status === 412, () => `a delete of another version was answered ${removed.status}`);
  count.taken(await b.delete(NAMESPACE, key, { 'if-match': tag }), 204);
  return count.assertNone('If-Match and If-None-Match through both gateways at the same time: lost or wrong', 'writes');
};
