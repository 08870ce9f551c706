import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration, type StoreConfiguration } from '@coffer/config';
import { jdbcConnectionOf } from './datasource.js';

const CANARY = 'canary-of-thirty-two-characters!';
const VARIABLES = {
  COFFER_ELASTICSEARCH_SECRET: CANARY,
  COFFER_JDBC_SECRET: CANARY,
  COFFER_DB_PASSWORD: 'db-password',
  ELASTICSEARCH_PASSWORD: 'es-password',
};
const load = (name: string): StoreConfiguration | undefined => {
  const text = readFileSync(join(__dirname, '../../../../docs/examples', name), 'utf8');
  return loadConfiguration({
    env: Object.fromEntries(Object.entries(VARIABLES).filter(([variable]) => text.includes(variable))),
    argv: ['--config', 'example.yml'],
    cwd: '/etc/coffer',
    readFile: (path) => {
      if (path.endsWith('example.yml')) return text;
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
  }).secret;
};

describe('the example', () => {
  it('elasticsearch.yml loads', () => {
    const store = load('elasticsearch.yml');
    expect(store).toMatchObject({
      type: 'elasticsearch',
      tags: { application: 'kestra-production' },
      cluster: {
        hosts: ['https://node-1.example.org:9200', 'https://node-2.example.org:9200'],
        auth: { kind: 'basic', username: 'coffer' },
        indexPrefix: 'kestra_',
        trustAllSsl: false,
      },
    });
  });

  it.each([
    ['jdbc-postgresql.yml', { dialect: 'postgresql', host: 'db.example.org', port: 5432, tls: 'verify-full' }],
    ['jdbc-mysql.yml', { dialect: 'mysql', host: 'db.example.org', port: 3306, tls: 'verify-full' }],
  ])('%s loads and names a server', (name, expected) => {
    const store = load(name);
    if (store?.type !== 'jdbc' || store.datasource === undefined) throw new Error('it is no store of jdbc');
    expect(jdbcConnectionOf(store.datasource)).toMatchObject({
      ...expected,
      database: 'kestra',
      username: 'coffer',
      caFile: '/etc/coffer/ca.pem',
    });
  });

  it('jdbc-h2.yml loads and names a file', () => {
    const store = load('jdbc-h2.yml');
    if (store?.type !== 'jdbc' || store.datasource === undefined) throw new Error('it is no store of jdbc');
    expect(store.datasource).toMatchObject({ url: { dialect: 'h2', path: './data/secrets' }, username: 'sa' });
  });
});
