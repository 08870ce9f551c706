import type { z } from 'zod';
import { showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at } from '../tree.js';
import { awsSecretManagerSection, unusedOfSts } from './aws-secret-manager.js';
import { azureKeyVaultSection } from './azure-key-vault.js';
import { checkAwsVariables, checkAzureVariables } from './chain-variables.js';
import { resolveClientTls } from './client-tls.js';
import { readDatasource, resolveDatasource } from './datasource.js';
import { readElasticsearchCluster, resolveElasticsearchCluster } from './elasticsearch-cluster.js';
import { elasticsearchSection } from './elasticsearch.js';
import { googleSecretManagerSection } from './google-secret-manager.js';
import { jdbcSection } from './jdbc.js';
import { isLongEnough, ROOT_SECRET_LENGTH } from './root-secret.js';
import { readStoreKeys } from './sealed-store.js';
import { word } from './scalars.js';
import type { StoreConfiguration, StoreType } from './store.js';
import { vaultSection } from './vault.js';

/** The region of the variables that every client of AWS knows. Adds an error for what can be no region. */
const regionOf = ({ env, errors }: LoadContext): string | undefined => {
  const name = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((variable) => env[variable]);
  if (name === undefined) return undefined;
  const region = word.safeParse(env[name]);
  if (!region.success) errors.add(`the variable ${name}`, region.error.issues[0]?.message ?? '');
  return region.data;
};

/** A section with what it needs from elsewhere. Adds errors and warnings. */
export const resolveStore = (
  type: StoreType,
  section: unknown,
  path: readonly Step[],
  managerReadOnly: boolean,
  context: LoadContext,
): StoreConfiguration | undefined => {
  const { warnings } = context;
  const read = <S extends z.ZodType<{ readOnly?: boolean | undefined }>>(schema: S) => {
    const settings = context.errors.check(schema, section, path);
    return settings && { ...settings, readOnly: settings.readOnly ?? managerReadOnly };
  };
  switch (type) {
    case 'aws-secret-manager': {
      const settings = read(awsSecretManagerSection);
      if (settings !== undefined) checkAwsVariables(settings, context);
      const region = settings?.region ?? regionOf(context);
      if (settings === undefined) return undefined;
      const store = { type, ...settings, region } as const;
      for (const name of unusedOfSts(store))
        warnings.push(`${showPath([...path, name])} is not used without stsRoleArn`);
      return store;
    }
    case 'azure-key-vault': {
      const settings = read(azureKeyVaultSection);
      if (settings?.vaultName === undefined && settings?.keyVaultUri === undefined) {
        warnings.push(`${showPath(path)} names no vault: set vaultName or keyVaultUri`);
      }
      if (settings !== undefined) checkAzureVariables(settings, context);
      return settings && { type, ...settings };
    }
    case 'google-secret-manager': {
      const settings = read(googleSecretManagerSection);
      return settings && { type, ...settings };
    }
    case 'vault': {
      const settings = read(vaultSection);
      if (settings === undefined) return undefined;
      const { ca, cert, key, keyPassword, ...rest } = settings;
      const speaksTls = settings.address.startsWith('https:');
      const address = `${showPath([...path, 'address'])} must begin with https:`;
      const tls = resolveClientTls({ ca, cert, key, keyPassword }, path, { speaksTls, address }, context);
      return { type, ...rest, tls };
    }
    case 'elasticsearch': {
      const settings = read(elasticsearchSection);
      const own = at(section, ['cluster']);
      const cluster =
        own === undefined
          ? resolveElasticsearchCluster(context)
          : readElasticsearchCluster(own, [...path, 'cluster'], context);
      if (settings === undefined) return undefined;
      const { secret, sealingKeys, ...rest } = settings;
      const sealing = readStoreKeys(type, { secret, sealingKeys }, path, context);
      return cluster && { type, ...rest, keys: sealing, cluster };
    }
    case 'jdbc': {
      const settings = read(jdbcSection);
      if (settings?.secret !== undefined && !isLongEnough(settings.secret.reveal())) {
        warnings.push(`${showPath(path)}.secret is shorter than ${ROOT_SECRET_LENGTH} characters: choose a longer one`);
      }
      const own = at(section, ['datasource']);
      const datasource =
        own === undefined ? resolveDatasource(context) : readDatasource(own, [...path, 'datasource'], context);
      if (settings === undefined) return undefined;
      const { secret, sealingKeys, ...rest } = settings;
      return { type, ...rest, keys: readStoreKeys(type, { secret, sealingKeys }, path, context), datasource };
    }
  }
};
