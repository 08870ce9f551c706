/**
 * Every store that has to pass the conformance suite: the folder of its adapter in libs/backends, and the servers of
 * tools/test-servers that its suite needs. The suite's outermost describe is titled `conformance: <store>`.
 */
export const stores: { store: string; folder: string; servers: string[] }[] = [
  { store: 'memory', folder: 'memory', servers: [] },
  { store: 'jdbc-postgresql', folder: 'jdbc', servers: ['postgresql'] },
  { store: 'jdbc-mysql', folder: 'jdbc', servers: ['mariadb'] },
  { store: 'jdbc-embedded', folder: 'jdbc', servers: [] },
  { store: 'jdbc-h2', folder: 'jdbc', servers: ['h2'] },
  { store: 'aws-secrets-manager', folder: 'aws-secrets-manager', servers: ['moto'] },
  { store: 'aws-secrets-manager-nine-permissions', folder: 'aws-secrets-manager', servers: ['moto'] },
  { store: 'elasticsearch', folder: 'elasticsearch', servers: ['elasticsearch'] },
  { store: 'vault-kv2', folder: 'vault-kv2', servers: ['vault'] },
  { store: 'google-secret-manager', folder: 'google-secret-manager', servers: ['google-secret-manager'] },
  { store: 'azure-key-vault', folder: 'azure-key-vault', servers: ['azure-key-vault'] },
];

/** The folders of libs/backends that are not adapters. */
export const notAdapters = ['contract', 'facade', 'registry', 'conformance'];
