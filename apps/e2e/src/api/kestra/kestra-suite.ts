import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { obtainKestra, type Kestra } from '@coffer/test-servers/kestra';
import { parse } from 'yaml';
import { api, freePort, removeFolder, scratchFolder, startCoffer, type Api, type Coffer } from '../../harness/index.js';
import { FlowRunner } from './flow-runner.js';
import { OBTAIN_TIMEOUT_MS, sha256, variable } from './secret-texts.js';

const GUIDE = join(__dirname, '../../../../../docs/guides/kestra');

const guide = <T>(file: string): T => parse(readFileSync(join(GUIDE, file), 'utf8')) as T;

interface Compose {
  services: { kestra: { environment: Record<string, string>; volumes: string[]; secrets: string[] } };
}

interface Values {
  common: {
    extraEnv: { name: string; value: string }[];
    extraVolumes: { name: string }[];
    extraVolumeMounts: { name: string; mountPath: string }[];
  };
}

/** Each value is logged, which Kestra masks, and its hash, which shows that it was the right one. */
const FLOW = `
id: reads
namespace: company.team
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: >-
      own {{ secret('OWN') }} {{ secret('OWN') | sha256 }},
      parent {{ secret('PARENT') }} {{ secret('PARENT') | sha256 }},
      other {{ secret('OTHER', namespace='company.other') | sha256 }},
      field {{ secret('DB', subkey='password') }} {{ secret('DB', subkey='password') | sha256 }},
      variable {{ secret('VARIABLE') }} {{ secret('VARIABLE') | sha256 }}, end
`;

const FULL_FLOW = `
id: full
namespace: company.team
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: full {{ secret('DB', full=true).metadata.password }} {{ secret('DB', full=true).metadata.password | sha256 }}, end
`;

/** The jar in Kestra's own jars, which are unchanged, with a real Coffer. */
export const describeKestra = (series: '1.3' | '2.0'): void =>
  describe(`Kestra ${series} with its secrets from Coffer`, () => {
    const folder = scratchFolder();
    const dataFolder = join(folder, 'coffer');
    const tokenFile = join(folder, 'token');
    let kestra: Kestra;
    let coffer: Coffer;
    let port: number;
    let http: Api;
    let runner: FlowRunner;

    const write = async (namespace: string, key: string, value: string): Promise<void> => {
      expect((await http.put(namespace, { key, value })).status).toBe(200);
    };
    const launch = (env: Record<string, string> = {}, flags: readonly string[] = [`-javaagent:${kestra.agent}`]) => {
      const own = join(folder, `kestra-${Math.random().toString(36).slice(2)}`);
      mkdirSync(own);
      return FlowRunner.launch(kestra, {
        folder: own,
        flags,
        env: {
          SECRET_VARIABLE: variable('of-the-process'),
          COFFER_TOKEN_FILE: tokenFile,
          COFFER_URL: coffer.url,
          ...env,
        },
      });
    };

    beforeAll(async () => {
      kestra = await obtainKestra(series, (line) => process.stderr.write(`kestra: ${line}\n`));
      port = await freePort();
      coffer = await startCoffer({ dataFolder, port });
      writeFileSync(tokenFile, `${coffer.token}\n`);
      http = api(coffer.url, coffer.token);
      await write('company', 'PARENT', 'value-of-the-parent');
      await write('company.team', 'OWN', 'first-value');
      await write('company.other', 'OTHER', 'value-of-another');
      await write('company.team', 'DB', JSON.stringify({ user: 'app', password: 'field-of-json' }));
      runner = await launch({}, [
        `-javaagent:${kestra.agent}`,
        `-Dmicronaut.config.files=${join(GUIDE, 'application.yml')}`,
      ]);
      await runner.start();
      await runner.create(FLOW);
    }, OBTAIN_TIMEOUT_MS);

    afterAll(async () => {
      await runner?.stop();
      await coffer?.stop();
      removeFolder(folder);
    });

    const expected = (own: string): string =>
      `own ****** ${sha256(own)}, parent ****** ${sha256('value-of-the-parent')}, other ${sha256('value-of-another')}, ` +
      `field ****** ${sha256('field-of-json')}, variable ****** ${sha256('of-the-process')}, end`;

    test('an executed flow reads own, inherited and other secrets, fields and variables; its log is masked', async () => {
      const { state, logs } = await runner.run('company.team', 'reads', /, end/);
      expect(logs).toBe(expected('first-value'));
      expect(state).toBe('SUCCESS');
    });

    if (series === '2.0') {
      test('a secret in full has the fields of its value, masked as well', async () => {
        await runner.create(FULL_FLOW);
        const { logs } = await runner.run('company.team', 'full', /, end/);
        expect(logs).toBe(`full ****** ${sha256('field-of-json')}, end`);
      });
    }

    test('the next execution sees what was written through Coffer', async () => {
      for (const value of ['second-value', 'third-value']) {
        await write('company.team', 'OWN', value);
        const { logs } = await runner.run('company.team', 'reads', /, end/);
        expect(logs).toBe(expected(value));
      }
    });

    test('Kestra’s pages list the keys of Coffer, then the variables', async () => {
      expect(await runner.inherited('company.team')).toEqual({
        'company.team': expect.arrayContaining(['OWN', 'DB', 'VARIABLE']) as string[],
        company: ['PARENT'],
      });
      const all = await runner.list();
      expect(all.total).toBe(5);
      expect([...all.keys].sort()).toEqual(['DB', 'OTHER', 'OWN', 'PARENT', 'VARIABLE']);
      const pages = await Promise.resolve([
        await runner.list({ page: 1, size: 3 }),
        await runner.list({ page: 2, size: 3 }),
      ]);
      expect(pages.map(({ keys, total }) => [keys.length, total])).toEqual([
        [3, 5],
        [2, 5],
      ]);
      expect(pages.flatMap(({ keys }) => keys).sort()).toEqual([...all.keys].sort());
      expect((await runner.list({ namespace: 'company.other' })).keys).toEqual(['OTHER', 'VARIABLE']);
      expect((await runner.list({ text: 'own' })).keys).toEqual(['OWN']);
      expect((await runner.list({ text: 'own', size: 1 })).total).toBe(1);
      const sorted = await Promise.all([runner.list({ sort: 'key' }), runner.list({ sort: '-key' })]);
      expect(sorted.map(({ keys }) => keys.filter((key) => key !== 'VARIABLE'))).toEqual([
        ['DB', 'OTHER', 'OWN', 'PARENT'],
        ['PARENT', 'OWN', 'OTHER', 'DB'],
      ]);
    });

    test('while Coffer is stopped a flow fails and says why, without a value; once it is back the next execution reads', async () => {
      await coffer.stop();
      const away = await runner.run('company.team', 'reads', /could not be read/);
      expect(away.state).toBe('FAILED');
      expect(away.logs).toMatch(
        /secret 'OWN' of namespace 'company.team' could not be read: Coffer at \S+ cannot be reached: Connect/,
      );
      expect(away.logs).not.toMatch(/third-value|of-the-process/);
      // As `on-error` is unless it is set: variables are for what Coffer has not, not for what it cannot be asked for.
      await expect(runner.find('company.team', 'VARIABLE')).rejects.toThrow(/cannot be reached/);
      await expect(runner.list()).rejects.toThrow(/cannot be reached/);
      coffer = await startCoffer({ dataFolder, port, token: coffer.token });
      const back = await runner.run('company.team', 'reads', /, end/);
      expect(back.logs).toBe(expected('third-value'));
    });

    test('a token file that is replaced counts with the next request', async () => {
      writeFileSync(tokenFile, 'coffer_of-nobody');
      await expect(runner.find('company.team', 'OWN')).rejects.toThrow(/answered 401 unauthorized/);
      writeFileSync(tokenFile, '');
      await expect(runner.find('company.team', 'OWN')).rejects.toThrow(/token-file holds no token/);
      writeFileSync(tokenFile, coffer.token);
      expect(await runner.find('company.team', 'OWN')).toBe('third-value');
      await expect(runner.find('company.team', 'ABSENT')).rejects.toThrow("Cannot find secret for key 'ABSENT'.");
    });

    test('with on-error: fallback the variables are used while Coffer is away', async () => {
      const falling = await launch({ COFFER_URL: `http://127.0.0.1:${await freePort()}`, COFFER_ON_ERROR: 'fallback' });
      try {
        expect(await falling.find('company.team', 'VARIABLE')).toBe('of-the-process');
        await expect(falling.find('company.team', 'OWN')).rejects.toThrow(/cannot be reached/);
        expect((await falling.list()).keys).toEqual(['VARIABLE']);
      } finally {
        await falling.stop();
      }
    });

    test('a configuration that is wrong keeps Kestra from starting and is named, without its values', async () => {
      const file = join(folder, 'wrong.yml');
      writeFileSync(file, 'coffer: {url: "ftp://user:hidden@host", timeout: soon, on-error: ignore, tokenfile: x}\n');
      const starting = launch({ COFFER_URL: '', COFFER_TOKEN_FILE: '' }, [
        `-javaagent:${kestra.agent}`,
        `-Dmicronaut.config.files=${file}`,
      ]);
      const said = await starting.then(
        () => 'it started',
        (error: Error) => error.message,
      );
      for (const name of [
        'tokenfile is not known',
        'token-file is missing',
        'timeout is no duration',
        'on-error is neither',
      ])
        expect(said).toContain(`coffer.${name}`);
      expect(said).not.toContain('hidden');
    });

    test('without the jar all is as Kestra has it', async () => {
      const plain = await launch({}, []);
      try {
        expect(await plain.find('company.team', 'VARIABLE')).toBe('of-the-process');
        await expect(plain.find('company.team', 'OWN')).rejects.toThrow("Cannot find secret for key 'OWN'.");
        expect(await plain.inherited('company.team')).toEqual({ 'company.team': ['VARIABLE'] });
      } finally {
        await plain.stop();
      }
    });

    test('the guide’s files for Compose and Helm give Kestra what these tests give it', () => {
      const { environment, volumes, secrets } = guide<Compose>('compose.yml').services.kestra;
      const jar = environment['JAVA_OPTS']?.replace('-javaagent:', '');
      expect(volumes).toContain(`./coffer-kestra-2.0-0.1.0.jar:${jar}:ro`);
      expect(environment['COFFER_TOKEN_FILE']).toBe(`/run/secrets/${secrets[0]}`);
      const { common } = guide<Values>('values.yml');
      const names = common.extraEnv.map(({ name }) => name);
      expect(names).toEqual(['JAVA_OPTS', 'COFFER_URL', 'COFFER_TOKEN_FILE']);
      expect(Object.keys(environment)).toEqual(names);
      const mounts = common.extraVolumeMounts;
      expect(mounts.map(({ name }) => name)).toEqual(common.extraVolumes.map(({ name }) => name));
      const valueOf = (name: string): string => common.extraEnv.find((each) => each.name === name)?.value ?? '';
      expect(dirname(valueOf('JAVA_OPTS'))).toBe(`-javaagent:${mounts[0]?.mountPath}`);
      expect(dirname(valueOf('COFFER_TOKEN_FILE'))).toBe(mounts[1]?.mountPath);
      // The command of the engine alone is in the page itself.
      const page = readFileSync(`${GUIDE}.md`, 'utf8');
      for (const [name, value] of Object.entries(environment)) expect(page).toContain(`-e ${name}=${value} `);
    });
  });
