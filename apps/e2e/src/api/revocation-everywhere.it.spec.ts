/** @servers kafka postgresql redis */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, THREE_GATEWAYS } from '../cluster/index.js';
import { HttpConnection, requestBytes, type HttpAnswer } from '../harness/http-connection.js';
import { cofferCommand, removeFolder, scratchFolder, until } from '../harness/index.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(600_000);

const VALUE = '/coffer/v1/main/namespaces/company.team/values/K';
const UNCACHED = '/coffer/v1/main/whoami';

/** What one gateway answers over one connection that stays open: the status, and whether from its memory, or the error's code. */
interface Reader {
  cached(): Promise<string>;
  uncached(): Promise<string>;
}

/** Ten of the first kind within a minute, from one address, are answered by the second. */
const REFUSALS = ['unauthorized', 'login-throttled'];

const answerOf = ({ status, head, body }: HttpAnswer): string => {
  if (status === 200) return /hit; detail=l1/.test(head) ? '200 hit' : '200';
  return (JSON.parse(body.toString()) as { code: string }).code;
};

const scratch = scratchFolder();
const connections: HttpConnection[] = [];
afterAll(() => {
  for (const connection of connections) connection.close();
  removeFolder(scratch);
});

/** One for each gateway. */
const readersOf = (cluster: Cluster, token: string): Promise<Reader[]> =>
  Promise.all(
    cluster.of('gateway').map(async ({ address }) => {
      const connection = await HttpConnection.open(Number(new URL(address).port));
      connections.push(connection);
      return {
        cached: async () => answerOf(await connection.send(requestBytes('GET', VALUE, { token }))),
        uncached: async () => answerOf(await connection.send(requestBytes('GET', UNCACHED, { token }))),
      };
    }),
  );

const countsEverywhere = async (readers: readonly Reader[]): Promise<void> => {
  for (const [gateway, reader] of readers.entries()) {
    await until(`it counts with gateway ${gateway}, from its cache`, async () => (await reader.cached()) === '200 hit');
    expect([gateway, await reader.uncached()]).toEqual([gateway, '200']);
  }
};

const isRefusedEverywhere = (readers: readonly Reader[]): Promise<unknown> =>
  Promise.all(
    readers.map(async (reader, gateway) => {
      await until(`gateway ${gateway} refuses it`, async () => REFUSALS.includes(await reader.cached()));
      for (const again of [reader.uncached, reader.cached, reader.uncached]) expect(REFUSALS).toContain(await again());
    }),
  );

it('what is revoked or has ended is refused by each of three gateways, cached or not, on open connections', async () => {
  await Cluster.use({ counts: THREE_GATEWAYS, cache: {} }, async (cluster) => {
    const { path } = cluster.configuration;
    const coffer = async (...args: string[]): Promise<string> => {
      const { code, stderr, stdout } = await cofferCommand([...args, '--config', path]);
      expect([args, code, stderr]).toEqual([args, 0, '']);
      return stdout;
    };
    const secretOf = async (name: string, ...args: string[]): Promise<string> => {
      const file = join(scratch, name);
      await coffer(...args, '--secret-file', file);
      return readFileSync(file, 'utf8').trim();
    };
    const [first] = cluster.gateways;
    expect((await first?.put('company.team', { key: 'K', value: 'v' }))?.status).toBe(200);

    const grant = ['--grant', 'company.team:resolve'];
    const token = await secretOf('token', 'token', 'create', '--id', 'edited', ...grant);
    await coffer('role', 'create', '--id', 'deploy', ...grant);
    await coffer('role', 'create', '--id', 'brief', '--token-ttl', '45s', ...grant);
    const secretIds = {
      one: await secretOf('one', 'role', 'secret-id', '--role', 'deploy', '--id', 'one'),
      two: await secretOf('two', 'role', 'secret-id', '--role', 'deploy', '--id', 'two'),
      brief: await secretOf('brief', 'role', 'secret-id', '--role', 'brief', '--id', 'one'),
    };
    /** At one gateway; the token counts with all of them. */
    const logIn = (role: string, secretId: string): Promise<string> =>
      until(`the role ${role} may log in`, async () => {
        const body = { role, secretId };
        const answer = await first?.call('POST', '/coffer/v1/main/access/login', { body });
        return answer?.status === 200 && (answer.json()['token'] as string);
      });

    const edited = await readersOf(cluster, token);
    await countsEverywhere(edited);
    await coffer('token', 'revoke', 'edited');
    await isRefusedEverywhere(edited);

    const [one, two] = await Promise.all(
      [secretIds.one, secretIds.two].map(async (id) => readersOf(cluster, await logIn('deploy', id))),
    );
    await countsEverywhere(one ?? []);
    await countsEverywhere(two ?? []);
    await coffer('role', 'revoke', '--role', 'deploy', '--id', 'one');
    await isRefusedEverywhere(one ?? []);
    await countsEverywhere(two ?? []);
    await coffer('role', 'revoke', '--role', 'deploy');
    await isRefusedEverywhere(two ?? []);

    const brief = await readersOf(cluster, await logIn('brief', secretIds.brief));
    await countsEverywhere(brief);
    await isRefusedEverywhere(brief);

    const short = await secretOf('short', 'token', 'create', '--id', 'short', '--expires', '45s', ...grant);
    const ending = await readersOf(cluster, short);
    await countsEverywhere(ending);
    await isRefusedEverywhere(ending);
  });
});
