import { z } from 'zod';
import type { Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at, isTree, treeAt } from '../tree.js';
import { awsSecretManagerSection } from './aws-secret-manager.js';
import { azureKeyVaultSection } from './azure-key-vault.js';
import { cache } from './cache.js';
import { elasticsearchSection } from './elasticsearch.js';
import { googleSecretManagerSection } from './google-secret-manager.js';
import { jdbcSection } from './jdbc.js';
import { choice, flag } from './scalars.js';
import { STORE_TYPES, type StoreConfiguration, type StoreType } from './store.js';
import { resolveStore } from './store-resolution.js';
import { vaultSection } from './vault.js';

/** Each type's group of settings, named after the type in camelCase. */
const SECTIONS = {
  'aws-secret-manager': 'awsSecretManager',
  'azure-key-vault': 'azureKeyVault',
  elasticsearch: 'elasticsearch',
  'google-secret-manager': 'googleSecretManager',
  vault: 'vault',
  jdbc: 'jdbc',
} as const satisfies Record<StoreType, string>;

const storeType = choice(STORE_TYPES);

/** What `kestra.secret` and an entry of `coffer.managers` have in common. */
export const managerFields = {
  type: storeType
    .optional()
    .describe('Which kind of store; may be left out where only one of the groups below is given.'),
  readOnly: flag.optional().describe('Refuses writes; a store’s own `readOnly` wins.'),
  cache: cache.optional(),
  awsSecretManager: awsSecretManagerSection.optional(),
  azureKeyVault: azureKeyVaultSection.optional(),
  elasticsearch: elasticsearchSection.optional(),
  googleSecretManager: googleSecretManagerSection.optional(),
  vault: vaultSection.optional(),
  jdbc: jdbcSection.optional(),
};

const envelope = z.object({ readOnly: flag.default(false), cache: cache.optional() });

export interface ResolvedManager {
  /** `undefined` where no store is named. */
  readonly store?: StoreConfiguration;
  readonly readOnly: boolean;
  readonly cache?: z.output<typeof cache>;
}

/** The type that is named, or that the only group of settings belongs to. */
const typeOf = (manager: unknown, path: readonly Step[], { errors }: LoadContext): StoreType | undefined => {
  const named = at(manager, ['type']);
  if (named !== undefined) return errors.check(storeType, named, [...path, 'type']);
  const given = STORE_TYPES.filter((type) => at(manager, [SECTIONS[type]]) !== undefined);
  if (given.length > 1) errors.add([...path, 'type'], `is missing, and there are settings of ${given.join(' and ')}`);
  return given.length === 1 ? given[0] : undefined;
};

/** Only the section of the manager's type is looked into; others get a warning. Adds errors. */
export const resolveManager = (manager: unknown, path: readonly Step[], context: LoadContext): ResolvedManager => {
  const { errors, warnings, needs } = context;
  const settings = errors.check(envelope, manager, path) ?? { readOnly: false };
  const type = isTree(manager) && needs.stores ? typeOf(manager, path, context) : undefined;
  const rest = { readOnly: settings.readOnly, ...(settings.cache === undefined ? {} : { cache: settings.cache }) };
  if (type === undefined) return rest;
  for (const other of STORE_TYPES) {
    if (other === type || treeAt(manager, [SECTIONS[other]]) === undefined) continue;
    warnings.push(`${[...path, SECTIONS[other]].join('.')} is not used: the type is ${type}`);
  }
  const section = at(manager, [SECTIONS[type]]) ?? {};
  const store = resolveStore(type, section, [...path, SECTIONS[type]], settings.readOnly, context);
  return { ...rest, ...(store === undefined ? {} : { store }) };
};
