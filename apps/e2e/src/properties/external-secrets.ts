import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Cluster } from '../cluster/index.js';
import { api, startCoffer, type Api } from '../harness/index.js';
import { assert, assertEqual, combine, forEach, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { startOperator, type Operator, type OperatorAnswer } from './external-secrets/operator.js';

const EXAMPLES = join(__dirname, '../../../../docs/guides/examples/external-secrets');
const NAMESPACE = 'company.team';
/** Writes that are under way at the same time. */
const WRITERS = 8;
const SETTINGS = { vault: { enabled: true } };

/** Where the operator finds Coffer, and by what token. */
interface Target {
  readonly url: string;
  readonly token: string;
}

/** A file of the guide, with the address and the token of this process in place of the example's. */
const example = (name: string, { url, token }: Target): string =>
  readFileSync(join(EXAMPLES, name), 'utf8')
    .replaceAll('https://coffer.example.org', url)
    .replaceAll('COFFER_TOKEN', token);

const certificate = (text: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: certificate\nstringData:\n  tls.key: ${JSON.stringify(text)}\n`;

const went = (what: string, { error }: OperatorAnswer): Outcome =>
  assert(error === undefined, `${what}: ${error ?? ''}`);

const equal = (what: string, found: unknown, wanted: unknown): Outcome =>
  assert(isDeepStrictEqual(found, wanted), `${what}: what came out is not what was put in`);

/** What shells, YAML, JSON and templates stumble over. */
const valueOf = (at: number): string =>
  ['plain', 'grün 😀', 'two\nlines\n', '{"json":"{{ .x }}"}', `"'\\ $HOME \`x\` %2F`, ' blank '][at % 6] + `#${at}`;

class Run {
  constructor(
    private readonly operator: Operator,
    /** Another gateway than the operator's, where there are two. */
    private readonly main: Api,
    private readonly coffer: Target,
  ) {}

  async all(values: number): Promise<Outcome> {
    return combine(
      await this.#apply('token.yaml'),
      await this.#pull(),
      await this.#extract(values),
      await this.#push(),
      await this.#vault(),
      await this.#wrongToken(),
    );
  }

  async #apply(name: string): Promise<Outcome> {
    return went(name, await this.operator.do({ apply: example(name, this.coffer) }));
  }

  async #shown(name: string) {
    return (await this.operator.do({ show: name })).data;
  }

  async #pull(): Promise<Outcome> {
    const { main, operator } = this;
    await main.put(NAMESPACE, { key: 'DB_PASSWORD', value: valueOf(4) });
    await main.put('company', { key: 'DB', value: JSON.stringify({ user: 'app', port: 5432 }) });
    const applied = await this.#apply('pull.yaml');
    const first = await operator.do({ pull: 'database' });
    const held = await this.#shown('database');
    await main.put(NAMESPACE, { key: 'DB_PASSWORD', value: 'changed' });
    await operator.do({ pull: 'database' });
    const changed = await this.#shown('database');
    await main.delete(NAMESPACE, 'DB_PASSWORD');
    const gone = await operator.do({ pull: 'database' });
    const left = await this.#shown('database');
    return combine(
      applied,
      went('pull', first),
      equal('pull', held, { password: valueOf(4), user: 'app' }),
      equal('pull after a write', changed, { password: 'changed', user: 'app' }),
      assert(gone.noSecret === true, `a deleted secret is none to the provider: ${JSON.stringify(gone)}`),
      equal('deletionPolicy: Delete', left, undefined),
    );
  }

  async #extract(values: number): Promise<Outcome> {
    const wanted: Record<string, string> = { DB: JSON.stringify({ user: 'app', port: 5432 }) };
    const keys = Array.from({ length: values - 1 }, (_, at) => `KEY_${at}`);
    let next = 0;
    const write = async (): Promise<void> => {
      for (let at = next++; at < keys.length; at = next++) {
        const key = keys[at] as string;
        wanted[key] = valueOf(at);
        const { status } = await this.main.put(NAMESPACE, { key, value: valueOf(at) });
        if (status !== 200) throw new Error(`PUT was answered ${status}`);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    const applied = await this.#apply('extract.yaml');
    const pulled = await this.operator.do({ pull: 'team' });
    const held = (await this.#shown('team')) ?? {};
    const right = Object.keys(wanted).filter((key) => held[key] === wanted[key]).length;
    return combine(
      applied,
      went('extract', pulled),
      assertEqual('values of a namespace that a Kubernetes Secret has right', right, 'values', values),
      assertEqual('values in it', Object.keys(held).length, 'values', values),
    );
  }

  async #push(): Promise<Outcome> {
    const { main, operator } = this;
    const key = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';
    await main.put(NAMESPACE, { key: 'TLS_KEY', value: 'old', description: 'of the front' });
    const applied = await this.#apply('push.yaml');
    await operator.do({ apply: certificate(key) });
    const pushed = await operator.do({ push: 'certificate' });
    const again = await operator.do({ push: 'certificate' });
    const { value } = (await main.value(NAMESPACE, 'TLS_KEY')).json();
    const { results } = (await main.list('filters[q][EQUALS]=TLS_KEY')).json<{ results: { description?: string }[] }>();
    return combine(
      applied,
      went('push', pushed),
      went('push again', again),
      equal('push', value, key),
      equal('the description after a push', results[0]?.description, 'of the front'),
    );
  }

  async #vault(): Promise<Outcome> {
    const { main, operator } = this;
    await main.put(NAMESPACE, { key: 'DB_PASSWORD', value: 'by vault' });
    await main.put(NAMESPACE, { key: 'DB', value: JSON.stringify({ user: 'app' }) });
    const applied = await this.#apply('vault.yaml');
    const pulled = await operator.do({ pull: 'database-by-vault' });
    const held = await this.#shown('database-by-vault');
    const pushed = await operator.do({ push: 'certificate-by-vault' });
    await operator.do({ apply: certificate('renewed') });
    const again = await operator.do({ push: 'certificate-by-vault' });
    const stored = (await main.value(NAMESPACE, 'TLS')).json();
    const removed = await operator.do({ remove: 'certificate-by-vault' });
    const { status } = await main.value(NAMESPACE, 'TLS');
    await main.delete(NAMESPACE, 'DB_PASSWORD');
    const gone = await operator.do({ pull: 'database-by-vault' });
    return combine(
      applied,
      went('pull by Vault', pulled),
      equal('pull by Vault', held, { user: 'app', password: 'by vault' }),
      went('push by Vault', pushed),
      went('push by Vault again', again),
      equal('push by Vault', stored['value'], JSON.stringify({ 'tls.key': 'renewed' })),
      went('deletion by Vault', removed),
      assertEqual('status of what was deleted by Vault', status, 'HTTP', 404),
      assert(gone.noSecret === true, `a deleted secret is none to the Vault provider: ${JSON.stringify(gone)}`),
    );
  }

  async #wrongToken(): Promise<Outcome> {
    await this.operator.do({ apply: example('token.yaml', { ...this.coffer, token: 'coffer_wrong' }) });
    const refused = await this.operator.do({ pull: 'team' });
    const isRight = refused.error?.includes('401') === true && refused.noSecret !== true;
    return assert(isRight, `a wrong token is an error, and deletes nothing: ${JSON.stringify(refused)}`);
  }
}

const tried = async (values: number, main: Api, target: Target): Promise<Outcome> => {
  const operator = await startOperator();
  try {
    return await new Run(operator, main, target).all(values);
  } finally {
    await operator.stop();
  }
};

const embedded = async (values: number): Promise<Outcome> => {
  const coffer = await startCoffer({ config: JSON.stringify({ coffer: SETTINGS }) });
  try {
    return await tried(values, api(coffer.url, coffer.token), coffer);
  } finally {
    await coffer.stop();
  }
};

const distributed = (values: number): Promise<Outcome> =>
  Cluster.use({ settings: SETTINGS, cache: { enabled: true } }, (cluster) => {
    const { token } = cluster;
    const [gateway] = cluster.of('gateway');
    return tried(values, cluster.pair().b, { url: gateway?.address ?? '', token });
  });

const FORMS = { 'in one process': embedded, distributed } as const;

export default property({
  name: 'external-secrets',
  title: 'External Secrets',
  shows:
    'External Secrets’ own webhook and Vault providers pull, extract, push and delete by the manifests of the guide: with Coffer in one process, then with two gateways, which cache, over Kafka: the operator asks one, and everybody else the other.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  full: { values: 500 },
  help: `Runs the manifests of docs/guides/examples/external-secrets. External Secrets is compiled from its published Go modules first, which
takes minutes: that is why this is no suite of npm test.

  --values N   in the namespace that fills one Kubernetes Secret`,
  run: ({ values }) => forEach(Object.keys(FORMS) as (keyof typeof FORMS)[], (form) => FORMS[form](values)),
});
