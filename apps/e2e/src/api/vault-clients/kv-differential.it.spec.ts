/** @servers vault */
import { isDeepStrictEqual } from 'node:util';
import { startEmbedded } from '../../vault-clients/coffer-target.js';
import { KvSequence } from '../../vault-clients/kv-sequence.js';
import type { VaultTarget } from '../../vault-clients/target.js';
import { startVault } from '../../vault-clients/vault-target.js';

jest.setTimeout(360_000);

const SEEDS = [1, 2, 3, 4];
const STEPS = 150;
const SHOWN = 5;

/** The same requests to Vault and to Coffer, at random, for what docs/guides/vault-clients.md says is the same. */
describe('KV 2 of Coffer beside that of Vault itself', () => {
  let vault: VaultTarget;
  let coffer: VaultTarget;
  beforeAll(async () => {
    [vault, coffer] = await Promise.all([startVault(), startEmbedded()]);
  });
  afterAll(() => Promise.all([vault?.close(), coffer?.close()]));

  it.each(SEEDS)('answers the same, step by step (seed %i)', async (seed) => {
    const sequence = new KvSequence(seed, vault, coffer);
    const seen = new Set<string>();
    const differences: object[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const { kind, request, vault: expected, coffer: received } = await sequence.next();
      seen.add(kind);
      if (!isDeepStrictEqual(received, expected)) differences.push({ step, request, expected, received });
    }
    expect(differences.slice(0, SHOWN)).toEqual([]);
    // Nothing was compared of a kind that never had its turn.
    expect([...seen].sort()).toEqual([...KvSequence.KINDS].sort());
  });
});
