import { randomFillSync } from 'node:crypto';
import type { BareDatabase, BareRow } from '../subjects/bare-database.js';
import { BATCH, LANES } from '../subjects/coffer-calls.js';
import type { Variant } from '../comparison/sample.js';
import type { Pair, Subjects } from './subjects.js';

/** Goes round the rows; what is written is as long as what Coffer stored, and as incompressible. */
const bareCalls = (bare: BareDatabase): Record<'select' | 'update', Variant['call']> => {
  let count = 0;
  const next = (): BareRow => bare.rows[(count += 1) % bare.rows.length] as BareRow;
  return {
    select: (lane) => bare.select(next(), lane),
    update: (lane) => {
      const row = next();
      return bare.update(row, randomFillSync(new Uint8Array(row.value.length)), lane);
    },
  };
};

const database = (name: string, { coffer, bare }: Pair): Variant[] => {
  const { select, update } = bareCalls(bare);
  const one = { concurrency: 1, secrets: 1 };
  const many = { concurrency: LANES, secrets: 1 };
  return [
    { ...one, name: `${name} SELECT`, call: select },
    { ...one, name: `${name} resolve`, call: (lane) => coffer.read(lane) },
    { ...many, name: `${name} resolve ×${LANES}`, call: (lane) => coffer.read(lane) },
    { ...one, secrets: BATCH, name: `${name} resolve of ${BATCH}`, call: (lane) => coffer.readBatch(lane) },
    { ...one, name: `${name} UPDATE`, call: update },
    { ...one, name: `${name} write`, call: (lane) => coffer.write(lane) },
    { ...many, name: `${name} UPDATE ×${LANES}`, call: update },
    { ...many, name: `${name} write ×${LANES}`, call: (lane) => coffer.write(lane) },
  ];
};

/** All that is compared, in the order in which a round goes through it. */
export const variantsOf = ({ embedded, postgresql, bareHttp }: Subjects): readonly Variant[] => [
  { name: 'bare HTTP', concurrency: 1, secrets: 1, call: bareHttp },
  { name: `bare HTTP ×${LANES}`, concurrency: LANES, secrets: 1, call: bareHttp },
  ...database('embedded', embedded),
  ...database('PostgreSQL', postgresql),
];
