import { leaksOf, type FaultKind } from '@coffer/backend-conformance';

import { CofferError, fenceOf, SecretPath, SecretValue, type Outcome } from '@coffer/secrets';
import { nameOf } from './layout.js';
import { azureKeyVaultHarness } from './testing/index.js';

/** `COFFER_TEST_FAULT_MUTATIONS` changes how many; a fifth of all requests meets a fault. */
const MUTATIONS = Number(process.env['COFFER_TEST_FAULT_MUTATIONS'] ?? 300);
const SECRETS = 10;
const RATE = 0.2;
const KINDS: readonly FaultKind[] = ['throttled', 'server-error', 'cut-before', 'cut-after', 'timeout-after'];
const CANARY = 'c4nary of a value';
/** Deadline of an attempt; a request whose answer never comes takes all of it. */
const ATTEMPT_TIMEOUT_MS = 1_500;

/** Mulberry32: the same faults at every run. */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

it(`${MUTATIONS} writes under faults are none lost, and their versions are counted`, async () => {
  const harness = azureKeyVaultHarness();
  const proxy = await harness.proxy();
  const prefix = 'faults';
  const backend = await harness.openWith({ keyVaultUri: proxy.url, prefix });
  const steady = await harness.openWith({ prefix });
  const path = (n: number) => SecretPath.of('main', 'company', `k${n % SECRETS}`);
  await backend.read(path(0), { signal: AbortSignal.timeout(20_000) });
  const random = randomFrom(7);
  let faults = 0;
  proxy.set(() => {
    if (random() >= RATE) return 'pass';
    faults += 1;
    return KINDS[Math.floor(random() * KINDS.length)] ?? 'pass';
  });
  const untilApplied = async (n: number): Promise<Outcome> => {
    const value = new SecretValue(`${CANARY} ${n}`);
    for (;;) {
      try {
        const call = { signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) };
        return await backend.apply(
          { kind: 'put', path: path(n), value, metadata: { tags: [] } },
          { fence: fenceOf(1, BigInt(n + 1)), ...call },
        );
      } catch (error) {
        expect(leaksOf(error, [CANARY, ...harness.credentialCanaries])).toEqual([]);
        if (!CofferError.is(error) || !error.retryable) throw error;
      }
    }
  };
  const writers = Array.from({ length: SECRETS }, async (_, key) => {
    for (let n = key; n < MUTATIONS; n += SECRETS) expect((await untilApplied(n)).outcome).toBe('applied');
  });
  await Promise.all(writers);
  proxy.set('pass');

  const client = await harness.client();
  let versions = 0;
  let duplicates = 0;
  for (let key = 0; key < SECRETS; key += 1) {
    const fences: (string | undefined)[] = [];
    for await (const { tags } of client.listPropertiesOfSecretVersions(nameOf(prefix, path(key)))) {
      fences.push(tags?.['coffer-fence']?.split(';')[0]);
    }
    const written = Array.from({ length: MUTATIONS }, (_, n) => n).filter((n) => n % SECRETS === key);
    expect(new Set(fences)).toEqual(new Set(written.map((n) => String(fenceOf(1, BigInt(n + 1))))));
    versions += fences.length;
    duplicates += fences.length - new Set(fences).size;
    const stored = await steady.read(path(key), { signal: AbortSignal.timeout(20_000) });
    expect(stored?.value.reveal()).toBe(`${CANARY} ${written.at(-1)}`);
  }
  expect(versions).toBe(MUTATIONS + duplicates);
  expect(faults).toBeGreaterThan(0);
  process.stdout.write(
    `${JSON.stringify({ figure: 'azure-key-vault: duplicate versions under faults', mutations: MUTATIONS, faults, versions, duplicates })}\n`,
  );
  await Promise.all([backend.close(), steady.close(), proxy.close()]);
  await harness.close();
}, 600_000);
