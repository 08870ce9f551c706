import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { canonicalise } from './canonical.js';
import type { Configuration, ManagerConfiguration } from './configuration.js';
import { mentionedVariables, type Environment } from './interpolate.js';
import { LoadContext } from './load-context.js';
import { EVERYTHING, neededOf, type Needs } from './needs.js';
import { ConfigErrors } from './config-errors.js';
import { resolveAudit } from './schema/audit.js';
import { cache as cacheSchema, type CacheSettings } from './schema/cache.js';
import { plainCofferSettings } from './schema/coffer.js';
import { resolveDatasource } from './schema/datasource.js';
import { resolveEncryption } from './schema/encryption.js';
import { resolveKafka } from './schema/kafka.js';
import { resolveManager } from './schema/manager.js';
import { resolveRedis } from './schema/redis.js';
import { managerScope, rootSchema } from './schema/root.js';
import { resolveWebhooks } from './schema/webhook.js';
import { resolveServer } from './schema/server.js';
import type { Schema } from './schema-shape.js';
import { resolvePlaceholders } from './resolve-placeholders.js';
import { readSources, type ReadFile } from './sources.js';
import { at, merge, type Tree } from './tree.js';
import { withVariables } from './variables.js';
import { parseYaml } from './yaml-text.js';

export interface LoadOptions {
  /** Looked through for `--config FILE`. */
  readonly argv?: readonly string[];
  readonly env?: Environment;
  /** Where relative names of files begin. */
  readonly cwd?: string;
  readonly readFile?: ReadFile;
  /** Defaults to everything. */
  readonly needs?: Needs;
}

/**
 * The configuration from its sources, later ones winning: file, `KESTRA_CONFIGURATION`, variables in Micronaut's form.
 * Reads files and nothing else; may be called again to see changes. Throws `configuration` with everything that is
 * wrong, by path and never by value.
 */
export const loadConfiguration = (options: LoadOptions = {}): Configuration => {
  const { file, context, errors } = readSettings(rootSchema, options);
  const configuration = assemble(context, file);
  errors.throwIfAny();
  return configuration;
};

/** What all sources say about the settings of a schema, their placeholders replaced; nothing is checked yet. */
export const readSettings = (schema: Schema, options: LoadOptions) => {
  const { argv = [], env = process.env, cwd = process.cwd() } = options;
  const { readFile = (path) => readFileSync(path, 'utf8'), needs = EVERYTHING } = options;
  const { sources, file } = readSources(argv, env, cwd, readFile);
  const errors = new ConfigErrors();
  const mentioned = new Set(sources.flatMap(({ text }) => mentionedVariables(text)));
  const merged = sources
    .flatMap(({ text, name }) => parseYaml(text, name))
    .map((tree) => canonicalise(tree, schema, [], errors))
    .reduce(merge, {});
  const complete = withVariables(merged, schema, env, mentioned, errors);
  const tree = neededOf(resolvePlaceholders(complete, schema, env) as Tree, needs);
  return { file, tree, errors, context: new LoadContext(tree, errors, env, cwd, readFile, needs) };
};

/** Adds errors; what it returns is whole only when there are none. */
const assemble = (context: LoadContext, file: string | undefined): Configuration => {
  const { tree, errors, warnings } = context;
  const own = errors.check(plainCofferSettings, at(tree, ['coffer']) ?? {}, ['coffer']);
  const { mode } = own?.cache ?? { mode: 'strict' as const };
  const main = resolveManager(at(tree, ['kestra', 'secret']) ?? {}, ['kestra', 'secret'], context);
  if (at(tree, ['kestra', 'secret', 'isolation']) !== undefined) {
    warnings.push("kestra.secret.isolation has no effect: Coffer's own permissions (coffer.access) take its place");
  }
  const cache = { ...(main.cache ?? cacheSchema.parse({})), mode };
  const { managers, caches } = resolveManagers(context);
  const kafka = resolveKafka(context);
  const encryption = resolveEncryption(context);
  const datasource = at(tree, ['coffer', 'datasource']) === undefined ? undefined : resolveDatasource(context);
  const { redis, probe, audit, server, webhooks, ...plain } = own ?? plainCofferSettings.parse({});
  return {
    ...plain,
    server: resolveServer(server, context),
    audit: resolveAudit(audit, context),
    webhooks: resolveWebhooks(webhooks, context),
    warnings,
    ...(file === undefined ? {} : { file }),
    ...(main.store === undefined ? {} : { secret: main.store }),
    readOnly: main.readOnly,
    cache,
    caches: [main.cache ?? cacheSchema.parse({}), ...caches],
    managers,
    ...(kafka === undefined ? {} : { kafka }),
    ...(redis === undefined ? {} : { redis: resolveRedis(redis, context) }),
    ...(probe === undefined ? {} : { probe }),
    ...(datasource === undefined ? {} : { datasource }),
    ...(encryption === undefined ? {} : { encryption }),
  };
};

const managerList = z.array(z.unknown(), { error: 'must be a list' });

interface ResolvedManagers {
  readonly managers: ManagerConfiguration[];
  /** The caches of the managers that have settings of their own. */
  readonly caches: CacheSettings[];
}

const resolveManagers = (context: LoadContext): ResolvedManagers => {
  const { tree, errors, needs } = context;
  const caches: CacheSettings[] = [];
  const given = at(tree, ['coffer', 'managers']);
  if (given === undefined) return { managers: [], caches };
  const entries = errors.check(managerList, given, ['coffer', 'managers']) ?? [];
  const scopes = new Set<string>();
  const managers = entries.flatMap((entry, index): ManagerConfiguration[] => {
    const path = ['coffer', 'managers', index];
    const scope = errors.check(managerScope, entry, path);
    if (scope === undefined) return [];
    const { tenant, namespace } = scope;
    const name = JSON.stringify([tenant, namespace]);
    if (scopes.has(name)) errors.add(path, 'serves the same tenant and namespace as an entry before it');
    scopes.add(name);
    const { store, cache } = resolveManager(entry, path, context);
    if (cache !== undefined) caches.push(cache);
    if (!needs.stores) return [];
    if (store === undefined) {
      if (at(entry, ['type']) === undefined) errors.add([...path, 'type'], 'is missing');
      return [];
    }
    return [{ tenant, ...(namespace === '*' ? {} : { namespace }), store, ...(cache === undefined ? {} : { cache }) }];
  });
  return { managers, caches };
};
