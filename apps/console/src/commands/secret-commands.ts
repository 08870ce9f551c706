import { kestraReference } from '../router/secret-address.js';
import { coffer, curl, quoted, type Command } from './command.js';

/** Keys that `coffer run` gives a program as a variable. */
const VARIABLE = /^[A-Za-z_]\w*$/;

/** The command that prints a secret. A key that is no variable has none. */
const cofferCommand = (origin: string, tenant: string, namespace: string, key: string): Command[] => {
  if (!VARIABLE.test(key)) return [];
  const run = coffer(origin, tenant, 'run', [`--namespace ${quoted(namespace)}`, `-- printenv ${key}`]);
  return [{ name: 'coffer', note: 'run', text: run }];
};

/** The same secret read by other means. Tokens come from the environment: no command holds one. */
export const commandsFor = (origin: string, tenant: string, namespace: string, key: string): Command[] => {
  const path = `/coffer/v1/${encodeURIComponent(tenant)}/namespaces/${encodeURIComponent(namespace)}/values/${encodeURIComponent(key)}`;
  return [
    { name: 'curl', text: curl(origin + path) },
    ...cofferCommand(origin, tenant, namespace, key),
    { name: 'Kestra', text: kestraReference(key) },
    {
      name: 'Vault KV 2',
      note: 'vault',
      text: [
        `export VAULT_ADDR=${quoted(origin)}`,
        `export VAULT_TOKEN="$COFFER_TOKEN" VAULT_NAMESPACE=${quoted(tenant)}`,
        `vault kv get -mount=secret ${quoted(`${namespace}/${key}`)}`,
      ].join('\n'),
    },
    {
      name: 'External Secrets',
      note: 'externalSecrets',
      text: [
        'apiVersion: external-secrets.io/v1',
        'kind: SecretStore',
        'spec:',
        '  provider:',
        '    webhook:',
        `      url: ${JSON.stringify(`${origin}/coffer/v1/${tenant}/namespaces/${namespace}/values/{{ .remoteRef.key }}`)}`,
        '      headers:',
        '        Authorization: Bearer {{ .auth.token }}',
        '      result:',
        '        jsonPath: $.value',
        '---',
        'apiVersion: external-secrets.io/v1',
        'kind: ExternalSecret',
        'spec:',
        '  data:',
        `    - secretKey: ${JSON.stringify(key)}`,
        '      remoteRef:',
        `        key: ${JSON.stringify(encodeURIComponent(key))}`,
      ].join('\n'),
    },
  ];
};
