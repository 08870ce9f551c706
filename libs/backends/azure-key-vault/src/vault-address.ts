import { CofferError } from '@coffer/secrets';

/** Key Vault's domains in the public cloud, China, US Government and (until 2021) Germany. */
const DOMAINS = ['.vault.azure.net', '.vault.azure.cn', '.vault.usgovcloudapi.net', '.vault.microsoftazure.de'];

export interface VaultNames {
  readonly vaultName?: string | undefined;
  /** Wins over `vaultName`. */
  readonly keyVaultUri?: string | undefined;
}

/** Whether Microsoft runs what answers there, so that a challenge for another resource is a trap. */
export const isAzureHost = ({ hostname }: URL): boolean => DOMAINS.some((domain) => hostname.endsWith(domain));

/** Throws `configuration`. */
export const vaultAddress = ({ vaultName, keyVaultUri }: VaultNames): URL => {
  if (keyVaultUri === undefined && vaultName === undefined) {
    throw new CofferError('configuration', 'Azure Key Vault: no vault is named: set vaultName or keyVaultUri');
  }
  const text = keyVaultUri ?? `https://${vaultName}.vault.azure.net`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'https:' || url.pathname !== '/' || url.search !== '') {
    const rule = 'keyVaultUri must be the address of a vault, such as https://my-vault.vault.azure.net, by https';
    throw new CofferError('configuration', `Azure Key Vault: ${rule} and without a path`);
  }
  return url;
};
