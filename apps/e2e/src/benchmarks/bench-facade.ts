import { property } from '../harness/property.js';
import { combine, type Outcome } from '../harness/outcome.js';
import { measurePair } from './bench-facade/measure-pair.js';
import { report } from './comparison/report.js';
import { openAws } from './bench-facade/bare/aws.js';
import { openAzure } from './bench-facade/bare/azure.js';
import { openElasticsearch } from './bench-facade/bare/elasticsearch.js';
import { openGoogle } from './bench-facade/bare/google.js';
import { openPostgresql } from './bench-facade/bare/postgresql.js';
import { openVault } from './bench-facade/bare/vault.js';
import type { PairRow } from './bench-facade/read-pair.js';

const PAIRS: readonly PairRow[] = [
  { store: 'aws-secrets-manager', open: openAws },
  { store: 'azure-key-vault', open: openAzure },
  { store: 'google-secret-manager', open: openGoogle },
  { store: 'vault-kv2', open: openVault },
  { store: 'elasticsearch', open: openElasticsearch },
  { store: 'jdbc-postgresql', open: openPostgresql },
];

export default property({
  name: 'bench-facade',
  title: 'Cost of the facade',
  shows: 'What the facade adds to a read of each store, beside the adapter alone and the vendor’s client alone.',
  servers: ['moto', 'azure-key-vault', 'google-secret-manager', 'vault', 'elasticsearch', 'postgresql'],
  full: { seconds: 60, store: PAIRS.map(({ store }) => store) },
  help: `Measures what the facade adds to a read: the same secret's read through the facade, by the adapter alone, and
what the adapter asks for asked by the vendor's client alone, on the same server, one at a time.

  --seconds N     how long to measure in all; setting up takes some seconds more
  --store NAME    this one alone; may be given several times`,
  run: async ({ seconds, store: names }) => {
    const unknown = names.find((name) => !PAIRS.some(({ store }) => store === name));
    if (unknown !== undefined) throw new Error(`there is no store "${unknown}"`);
    const outcomes: Outcome[] = [];
    for (const row of PAIRS.filter(({ store }) => names.includes(store))) {
      const { figures, rounds } = await measurePair(row, seconds / names.length);
      outcomes.push(report(row.store, figures, rounds));
    }
    return combine(...outcomes);
  },
});
