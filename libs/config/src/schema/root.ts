import { z } from 'zod';
import { anyNamespace, tenant } from './grant.js';
import { plainCofferFields } from './coffer.js';
import { cofferDatasource, kestraDatasource } from './datasource.js';
import { cofferElasticsearch, kestraElasticsearch } from './elasticsearch-cluster.js';
import { encryption } from './encryption.js';
import { cofferKafka, kestraKafka } from './kafka.js';
import { managerFields } from './manager.js';
import { DEFAULT_TENANT } from '@coffer/secrets';
import { text } from './scalars.js';

/** What an entry of `coffer.managers` serves: a tenant, or a namespace of it with its children. */
export const managerScope = z.object({
  tenant: tenant.default(DEFAULT_TENANT).describe('The tenant that this manager serves.'),
  namespace: anyNamespace.describe('The namespace, with its children; `*` for all of the tenant.'),
});

/** For groups of Kestra's, most keys of which are none of Coffer's business. */
const SLIPS_REFUSED = { slips: 'refused' };

const typeOnly = z
  .object({ type: text.optional().describe('Names the datasource to use where several are given.') })
  .meta(SLIPS_REFUSED)
  .optional();

/**
 * Every key that Coffer knows, in a whole configuration. Strict objects refuse what they do not know, plain ones
 * ignore it, unless it is a slip of what they know: they are Kestra's and none of Coffer's business.
 */
export const rootSchema = z
  .object({
    kestra: z
      .object({
        secret: z
          .strictObject({ ...managerFields, isolation: z.unknown().optional().describe('Kestra’s; not looked at.') })
          .optional(),
        kafka: kestraKafka.optional(),
        elasticsearch: kestraElasticsearch.optional(),
        repository: typeOnly,
        queue: typeOnly,
      })
      .meta(SLIPS_REFUSED)
      .optional()
      .meta({ empty: 'absent' }),
    datasources: z
      .object({
        postgres: kestraDatasource.optional(),
        mysql: kestraDatasource.optional(),
        h2: kestraDatasource.optional(),
      })
      .optional(),
    coffer: z
      .strictObject({
        ...plainCofferFields,
        kafka: cofferKafka.optional(),
        elasticsearch: cofferElasticsearch.optional(),
        datasource: cofferDatasource.optional(),
        encryption: encryption.optional(),
        managers: z.array(z.strictObject({ ...managerScope.shape, ...managerFields })).optional(),
      })
      .optional()
      .meta({ empty: 'absent' }),
  })
  .meta(SLIPS_REFUSED);
