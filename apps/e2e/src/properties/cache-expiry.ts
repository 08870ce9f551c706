import { property } from '../harness/property.js';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, startServer, THREE_GATEWAYS } from '../cluster/index.js';
import type { Api } from '../harness/index.js';
import { combine, show, type Outcome } from '../harness/outcome.js';
import { VaultSecret } from './cache-expiry/vault-secret.js';

interface ExpiryScale {
  /** `expireAfterWrite`, in seconds. */
  readonly life: number;
  /** Keys, half of which are changed just after they were cached, and half just before that ends. */
  readonly keys: number;
}

const NAMESPACE = 'expiry.team';
/** Between two reads of one key through one gateway, in milliseconds. */
const READ_EVERY = 5;
/** When the second and the third gateway read a key for the first time, as shares of the life. */
const LATER = [0.5, 0.9];

/** When each gateway had nothing but the new value to answer; times in milliseconds. */
interface Shown {
  /** From the change to the beginning of the last read that showed the value before it. */
  readonly behind: number;
  /** From the first gateway's answer to that; absent where the old value was rightly cached again meanwhile. */
  readonly ageMs?: number;
  /** Gateways that had the value from Redis first. */
  readonly fromRedis: number;
}

const ask = async (gateway: Api, key: string): Promise<{ readonly value: unknown; readonly source: string }> => {
  const answer = await gateway.value(NAMESPACE, key);
  if (answer.status !== 200) throw new Error(`a read was answered ${answer.status} ${answer.text}`);
  const source = /detail=(\w+)/.exec(answer.headers.get('cache-status') ?? '')?.[1] ?? '';
  return { value: answer.json()['value'], source };
};

/** Reads until the new value comes, and some more; answers when the last read that showed the old one began. */
const lastShown = async (gateway: Api, key: string, old: string, life: number): Promise<number> => {
  let last = -Infinity;
  for (let began = performance.now(), end = began + 3 * life; began < end; began = performance.now()) {
    const { value } = await ask(gateway, key);
    if (value === old) last = began;
    else if (began > last + life) return last;
    await pause(READ_EVERY);
  }
  return last;
};

const changeBehindCoffer = async (
  gateways: readonly Api[],
  secret: VaultSecret,
  key: string,
  { life, late }: { readonly life: number; readonly late: boolean },
): Promise<Shown> => {
  const [old, changed] = [`${key} before`, `${key} after`];
  const [first, ...others] = gateways;
  const written = await first?.put(NAMESPACE, { key, value: old });
  if (first === undefined || written?.status !== 200) throw new Error(`a write was answered ${written?.status}`);
  await ask(first, key);
  const cached = performance.now();
  const sources: string[] = [];
  let change = Promise.resolve();
  let at = cached;
  const make = async (): Promise<void> => {
    await secret.change(old, changed);
    at = performance.now();
  };
  if (!late) change = make();
  const last = await Promise.all([
    lastShown(first, key, old, life),
    ...others.map(async (gateway, index) => {
      await pause(cached + life * (LATER[index % LATER.length] ?? 0) - performance.now());
      sources.push((await ask(gateway, key)).source);
      if (late && index === others.length - 1) change = make();
      return lastShown(gateway, key, old, life);
    }),
  ]);
  await change;
  const behind = Math.max(0, Math.max(...last) - at);
  const fromRedis = sources.filter((source) => source === 'l2').length;
  return {
    behind,
    fromRedis,
    ...(sources.includes('store') || at > cached + life ? {} : { ageMs: Math.max(...last) - cached }),
  };
};

const ms = (value: number): number => Math.round(value);

/** A change in the store behind Coffer's back is seen everywhere before the life of an entry is over, on real clocks. */
const expiryProperty = async ({ life: seconds, keys }: ExpiryScale): Promise<Outcome> => {
  const vault = await startServer('vault');
  const life = seconds * 1_000;
  let cluster: Cluster | undefined;
  try {
    const cache = { expireAfterWrite: `PT${seconds}S` };
    cluster = await Cluster.open({ store: 'vault-kv2', counts: THREE_GATEWAYS, cache, servers: vault.env });
    const { gateways, prefix } = cluster;
    const shown = await Promise.all(
      Array.from({ length: keys }, (_, number) => {
        const key = `KEY_${number}`;
        const secret = new VaultSecret(vault.env, `${prefix}/main/${NAMESPACE.replaceAll('.', '/')}/${key}`);
        return changeBehindCoffer(gateways, secret, key, { life, late: number % 2 === 0 });
      }),
    );
    const behind = Math.max(...shown.map((each) => each.behind));
    const ages = shown.flatMap(({ ageMs }) => (ageMs === undefined ? [] : [ageMs]));
    const ageMs = Math.max(...ages);
    const fromRedis = shown.reduce((sum, each) => sum + each.fromRedis, 0);
    const outcome = combine(
      show('expireAfterWrite', life, 'ms'),
      show('changes in the store, each seen through every gateway', keys, `changes, ${gateways.length} gateways`),
      show('first reads of a gateway answered from Redis', fromRedis, 'reads'),
      {
        figures: [
          { figure: 'longest time that a change was not seen', value: ms(behind), unit: 'ms', aim: `≤ ${life}` },
          {
            figure: 'oldest value served, from when it was first cached',
            value: ms(ageMs),
            unit: 'ms',
            aim: `≤ ${life}`,
          },
        ],
        problems: [
          ...(behind <= life ? [] : [`a change was not seen for ${ms(behind)} ms`]),
          ...(ageMs <= life ? [] : [`a value was served ${ms(ageMs)} ms after it was cached`]),
        ],
      },
      show('margin', ms(life - behind), 'ms'),
    );
    const none =
      fromRedis > 0 && behind > 0 ? [] : ['nothing came from Redis, or nothing was cached when it was changed'];
    return { ...outcome, problems: [...outcome.problems, ...none] };
  } finally {
    await cluster?.close();
    await vault.stop();
  }
};

export default property({
  name: 'cache-expiry',
  title: 'Changes in the store behind Coffer',
  shows: 'A change made in Vault itself is seen through every gateway within expireAfterWrite, whichever cache had it.',
  servers: [],
  ownServers: ['kafka', 'redis', 'vault'],
  quick: { life: 4, keys: 4 },
  full: { life: 10, keys: 20 },
  run: expiryProperty,
});
