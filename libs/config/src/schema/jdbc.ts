import { z } from 'zod';
import { cofferDatasource, type Datasource } from './datasource.js';
import { encryptionKeys } from './encryption-keys.js';
import { anyRootSecret } from './root-secret.js';
import { text } from './scalars.js';
import type { SealedBy } from './sealed-store.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** `kestra.secret.jdbc`. A secret shorter than 32 characters is accepted with a warning, as Kestra accepts it. */
export const jdbcSection = z.strictObject({
  ...storeFields,
  /** Seals every value before it reaches the database. */
  secret: anyRootSecret
    .optional()
    .describe('Seals every value before it reaches the database; use at least 32 characters.'),
  /** Coffer's own: keys that take the place of `secret`, which is the one of id `jdbc`. */
  sealingKeys: encryptionKeys
    .optional()
    .describe(
      'Coffer’s own: further keys, by which `secret` (the key of id `jdbc`) is rotated; see docs/operations/key-rotation.md.',
    ),
  /** Coffer's own: separates instances that share one database. */
  prefix: text
    .default('')
    .meta({ description: 'Coffer’s own: separates instances that share one database.', empty: 'written' }),
  /** Coffer's own: a database for this manager alone. */
  datasource: cofferDatasource.optional(),
});

/**
 * The database is the section's own, else that of `coffer.datasource`, else Kestra's; without any the secrets lie in the embedded
 * database, which only a lone process has.
 */
export type JdbcStore = SealedBy<StoreOf<'jdbc', typeof jdbcSection>, 'datasource'> & {
  readonly datasource: Datasource | undefined;
};
