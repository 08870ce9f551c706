import type { Command } from './command.js';
import { quoted } from './command.js';

export const EDITIONS = ['open', 'enterprise'] as const;
export type Edition = (typeof EDITIONS)[number];

/** Whose Kestra asks where. */
export interface KestraSetup {
  /** Coffer's address, as Kestra reaches it. */
  url: string;
  tenant: string;
  /** Namespace of the flows. */
  namespace: string;
  edition: Edition;
}

/** The namespace of Coffer in which Kestra's Enterprise edition keeps what its tenant `main` has in that namespace. */
const placeOf = ({ namespace, edition }: KestraSetup): string =>
  edition === 'enterprise' ? `main.${namespace}` : namespace;

/** Kestra's tenant and Coffer's are `main` unless something else is said. */
const unlessMain = (tenant: string, line: string): string[] => (tenant === 'main' ? [] : [line]);

/** Makes a token that may read what the flows need. */
export const kestraToken = (setup: KestraSetup): Command => {
  const scope = `${setup.tenant === 'main' ? '' : `${setup.tenant}/`}${placeOf(setup)}`;
  return {
    name: 'coffer token create',
    text: `npm run -s coffer -- token create --id kestra --grant ${quoted(`${scope}:list,resolve`)}`,
  };
};

/** What is written into the configuration of Kestra, as the guides have it. A placeholder stands for the token. */
export const kestraFiles = ({ url, tenant, edition }: KestraSetup): Command[] => {
  const address = JSON.stringify(url);
  if (edition === 'enterprise') {
    const vault = [
      'kestra:',
      '  secret:',
      '    type: vault',
      '    vault:',
      `      address: ${address}`,
      '      root-engine: secret',
      ...unlessMain(tenant, `      namespace: ${tenant}`),
      '      token:',
      '        token: COFFER_TOKEN',
    ];
    return [{ name: 'application.yml', text: vault.join('\n') }];
  }
  const file = '/run/secrets/coffer-token';
  const jar = '-javaagent:/opt/coffer-kestra.jar';
  const settings = [
    'coffer:',
    `  url: ${address}`,
    `  token-file: ${file}`,
    ...unlessMain(tenant, `  tenant: ${tenant}`),
  ];
  const variables = [
    `JAVA_OPTS=${jar}`,
    `COFFER_URL=${url}`,
    `COFFER_TOKEN_FILE=${file}`,
    ...unlessMain(tenant, `COFFER_TENANT=${tenant}`),
  ];
  const docker = [
    'docker run \\',
    ...variables.map((variable) => `  -e ${quoted(variable)} \\`),
    '  -v ./coffer-kestra-2.0-0.1.0.jar:/opt/coffer-kestra.jar:ro \\',
    `  -v ./coffer-token:${file}:ro \\`,
    '  kestra/kestra:v2.0.0 server local',
  ];
  return [
    { name: 'application.yml', text: settings.join('\n') },
    { name: 'Java', text: `JAVA_OPTS=${jar} kestra server standalone --config application.yml` },
    { name: 'Docker', text: docker.join('\n') },
  ];
};
