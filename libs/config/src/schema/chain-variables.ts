import type { LoadContext } from '../load-context.js';
import type { StoreOf } from './store-fields.js';
import type { awsSecretManagerSection } from './aws-secret-manager.js';
import type { azureKeyVaultSection } from './azure-key-vault.js';

type Aws = Pick<StoreOf<'aws-secret-manager', typeof awsSecretManagerSection>, 'accessKeyId'>;
type Azure = Pick<
  StoreOf<'azure-key-vault', typeof azureKeyVaultSection>,
  'clientSecret' | 'managedIdentityClientId' | 'managedIdentityResourceId' | 'workloadIdentityClientId'
>;

/** Pairs of variables of AWS's chain, each of which takes effect beside the other alone. */
const AWS_PAIRS = [
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'],
] as const;

/**
 * Adds a problem for half of an identity among the variables of AWS's default chain, which it would pass over, and a warning for
 * several, of which it takes one by an order of its own.
 */
export const checkAwsVariables = ({ accessKeyId }: Aws, { env, errors, warnings }: LoadContext): void => {
  if (accessKeyId !== undefined) return;
  for (const [first, second] of AWS_PAIRS) {
    if (env[first] && !env[second]) errors.add(`the variable ${second}`, `is missing: ${first} needs it`);
  }
  const named = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE'].filter((name) => env[name]);
  if (named.length < 2) return;
  warnings.push(
    `the variables ${named.join(' and ')} name several identities for AWS, whose chain takes one: keep that one, or set awsSecretManager.accessKeyId`,
  );
};

/**
 * Adds a problem for variables that name another identity than the settings do, and that come first in Azure's default chain:
 * a client's secret or certificate, then a workload, then a managed identity.
 */
export const checkAzureVariables = (settings: Azure, { env, errors }: LoadContext): void => {
  const { clientSecret, managedIdentityClientId, managedIdentityResourceId, workloadIdentityClientId } = settings;
  if (clientSecret !== undefined || !env['AZURE_CLIENT_ID'] || !env['AZURE_TENANT_ID']) return;
  const managed = managedIdentityClientId !== undefined || managedIdentityResourceId !== undefined;
  const workload = workloadIdentityClientId !== undefined;
  if (!managed && !workload) return;
  const setting = workload
    ? 'workloadIdentityClientId'
    : managedIdentityClientId === undefined
      ? 'managedIdentityResourceId'
      : 'managedIdentityClientId';
  const first = [
    ...['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ...(env['AZURE_USERNAME'] ? ['AZURE_PASSWORD'] : []),
    ...(workload ? [] : ['AZURE_FEDERATED_TOKEN_FILE']),
  ].find((name) => env[name]);
  if (first === undefined) return;
  errors.add(
    `the variable ${first}`,
    `with AZURE_CLIENT_ID names an identity that comes before that of azureKeyVault.${setting}: unset one of them`,
  );
};
