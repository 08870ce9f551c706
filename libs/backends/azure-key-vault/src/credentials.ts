import {
  ClientSecretCredential,
  DefaultAzureCredential,
  type DefaultAzureCredentialClientIdOptions,
  type DefaultAzureCredentialResourceIdOptions,
} from '@azure/identity';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { limitAnswers } from './answer-limit.js';

type TokenCredential = Pick<ClientSecretCredential, 'getToken'>;

export interface AzureCredentials {
  /** Defaults to the default Azure chain. */
  readonly clientSecret?:
    { readonly tenantId: string; readonly clientId: string; readonly clientSecret: SecretValue } | undefined;
  /** A user-assigned identity; not with `managedIdentityResourceId`. */
  readonly managedIdentityClientId?: string | undefined;
  readonly managedIdentityResourceId?: string | undefined;
  readonly workloadIdentityClientId?: string | undefined;
  /** Tenants beside its own for which a token may be asked; `*` for any. */
  readonly additionallyAllowedTenants?: readonly string[] | undefined;
}

/** Those that Microsoft's own directory knows to be genuine; any other is not asked about there. */
const AUTHORITIES = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn'];

const isForeignAuthority = (): boolean => {
  const host = process.env['AZURE_AUTHORITY_HOST'];
  return host !== undefined && URL.canParse(host) && !AUTHORITIES.includes(new URL(host).hostname);
};

/** Throws `configuration`. Asks nobody for a token yet; retries are the facade's. */
export const credentialOf = (given: AzureCredentials): TokenCredential => {
  const { clientSecret, managedIdentityClientId, managedIdentityResourceId, workloadIdentityClientId } = given;
  if (managedIdentityClientId !== undefined && managedIdentityResourceId !== undefined) {
    const rule = 'managedIdentityClientId and managedIdentityResourceId name the same thing: set one of them';
    throw new CofferError('configuration', `Azure Key Vault: ${rule}`);
  }
  const general = {
    additionallyAllowedTenants: [...(given.additionallyAllowedTenants ?? [])],
    disableInstanceDiscovery: isForeignAuthority(),
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [limitAnswers],
  };
  try {
    if (clientSecret !== undefined) {
      const { tenantId, clientId, clientSecret: secret } = clientSecret;
      return new ClientSecretCredential(tenantId, clientId, secret.reveal(), general);
    }
    const workload = workloadIdentityClientId === undefined ? {} : { workloadIdentityClientId };
    if (managedIdentityResourceId !== undefined) {
      const options: DefaultAzureCredentialResourceIdOptions = { ...general, ...workload, managedIdentityResourceId };
      return new DefaultAzureCredential(options);
    }
    const managed = managedIdentityClientId === undefined ? {} : { managedIdentityClientId };
    const options: DefaultAzureCredentialClientIdOptions = { ...general, ...workload, ...managed };
    return new DefaultAzureCredential(options);
  } catch {
    const rule = 'a tenant, a client and a secret, each of the form that Microsoft Entra ID gives them';
    throw new CofferError('configuration', `Azure Key Vault: these credentials cannot be used: they must be ${rule}`);
  }
};
