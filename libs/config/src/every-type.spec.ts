import { loadText } from './load.fixture.js';
import { STORE_TYPES } from './schema/store.js';
import { spellings } from './spelling.fixture.js';

const SECRET = 'canary-of-thirty-two-characters!';

/** What a type cannot do without. */
const NEEDED: Readonly<Record<(typeof STORE_TYPES)[number], string>> = {
  'aws-secret-manager': '',
  'azure-key-vault': 'vault-name: my-vault',
  elasticsearch: `secret: ${SECRET}`,
  'google-secret-manager': '',
  vault: 'address: http://localhost:8200\n      token: {token: canary}',
  jdbc: `secret: ${SECRET}`,
};

describe.each(STORE_TYPES)('the form that all types share, with %s', (type) => {
  const yaml = `
kestra:
  secret:
    type: ${type}
    ${type}:
      ${NEEDED[type]}
      tags: {application: kestra-production}
      filter-on-tags: {team: a}
      excluded-tags: {hidden: "yes"}
      filter-on-prefix: {prefix: prod_, keep-prefix: false}
    cache: {enabled: true, maximum-size: 1000, expire-after-write: 60s}
    read-only: true
`;

  it.each(spellings(yaml))('loads in %s', (_spelling, text) => {
    const { secret, cache, warnings } = loadText(text);
    expect(secret).toMatchObject({
      type,
      readOnly: true,
      tags: { application: 'kestra-production' },
      filterOnTags: { team: 'a' },
      excludedTags: { hidden: 'yes' },
      filterOnPrefix: { prefix: 'prod_', keepPrefix: false },
    });
    expect(cache).toEqual({ enabled: true, maximumSize: 1_000, expireAfterWrite: 60_000, mode: 'strict' });
    expect(warnings.filter((warning) => !warning.includes('httpHosts'))).toEqual([]);
  });
});
