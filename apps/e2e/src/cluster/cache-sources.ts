import type { Started } from './index.js';

/** Reads of one key so far, by where the answer came from. */
export type Sources = Readonly<Record<'l1' | 'l2' | 'store', number>>;

const NONE: Sources = { l1: 0, l2: 0, store: 0 };

/** The sum of a metric's series, by one of its labels. */
export const seriesOf = (text: string, metric: string, label: string): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [, labels = '', value] of text.matchAll(new RegExp(`^${metric}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    const name = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    sums[name] = (sums[name] ?? 0) + Number(value);
  }
  return sums;
};

/** The Prometheus text of a gateway. */
export const metricsOf = async (address: string, token: string): Promise<string> => {
  const answer = await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`the metrics were answered ${answer.status}`);
  return answer.text();
};

/** Sources of the reads of these gateways together, by their own counts. */
export const sourcesOf = async (gateways: readonly Pick<Started, 'address'>[], token: string): Promise<Sources> => {
  const all = await Promise.all(gateways.map(({ address }) => metricsOf(address, token)));
  return all
    .map((text) => ({ ...NONE, ...seriesOf(text, 'coffer_cache_reads_total', 'source') }))
    .reduce((sum, { l1, l2, store }) => ({ l1: sum.l1 + l1, l2: sum.l2 + l2, store: sum.store + store }), NONE);
};

export const between = (before: Sources, after: Sources): Sources => ({
  l1: after.l1 - before.l1,
  l2: after.l2 - before.l2,
  store: after.store - before.store,
});
