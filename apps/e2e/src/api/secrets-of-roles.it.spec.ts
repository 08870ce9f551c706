/** @servers kafka postgresql redis */
import { readFileSync } from 'node:fs';
import { Cluster, type Role, type Started } from '../cluster/index.js';

jest.setTimeout(600_000);

/** Everything that a process was given: its command, its environment and its configuration. */
const givenTo = ({ pid }: Started): string => {
  const [command, environment] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
  const args = command!.split('\0');
  const file = args[args.indexOf('--config') + 1]!;
  return [command, environment, readFileSync(file, 'utf8')].join('\n');
};

it('each role does its work with its own secrets alone', async () => {
  await Cluster.use({ cache: {} }, async (cluster) => {
    const database = new URL(cluster.databaseUrl ?? '');
    const redis = new URL(cluster.redis.env['COFFER_TEST_REDIS_URL'] ?? '');
    const server = new URL(process.env['COFFER_TEST_POSTGRESQL_URL'] ?? '');
    const secrets = {
      'of the suites': [decodeURIComponent(server.password)],
      'of the store': [decodeURIComponent(database.password), database.username, cluster.configuration.storeSecret],
      'of Redis': [decodeURIComponent(redis.password)],
    };
    const rightsOf = (role: Role): string[][] =>
      cluster.of(role).map((process) => {
        const given = givenTo(process);
        const isGiven = ([, texts]: [string, string[]]): boolean => texts.some((text) => given.includes(text));
        return Object.entries(secrets)
          .filter(isGiven)
          .map(([name]) => name);
      });
    expect(rightsOf('gateway')).toEqual([
      ['of the store', 'of Redis'],
      ['of the store', 'of Redis'],
    ]);
    expect(rightsOf('secret-worker')).toEqual([['of the store'], ['of the store']]);
    expect(rightsOf('cache-invalidator')).toEqual([['of Redis'], ['of Redis']]);

    const { a, b } = cluster.pair();
    for (const value of ['first', 'second']) {
      expect((await a.put('company.team', { key: 'K', value })).status).toBe(200);
      expect((await b.value('company.team', 'K')).json()).toMatchObject({ value });
    }
    expect((await a.delete('company.team', 'K')).status).toBe(204);
    expect((await b.value('company.team', 'K')).status).toBe(404);
  });
});
