import { Cluster, THREE_GATEWAYS } from '../cluster/index.js';
import { removeFolder, scratchFolder } from '../harness/index.js';
import { aimAtMost, assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { VAULT_API } from '../vault-clients/coffer-target.js';
import { makeCredentials, type EndingCredential } from './revocation/credentials.js';
import { KEY, NAMESPACE, OF_METRICS, ShownCredential } from './revocation/shown-credential.js';

interface RevocationOptions {
  readonly rounds: number;
  /** How long credentials count that expire. */
  readonly lifetimeSeconds: number;
}

interface Ended extends Pick<EndingCredential, 'kind'> {
  readonly afterMs: number;
  /** By workers and coordinators; 0 where it is no credential for them. */
  readonly elsewhereAfterMs: number;
  readonly takenAgain: number;
}

const endOf = async ({ shown, shownElsewhere, kind, end }: EndingCredential): Promise<Ended> => {
  const sinceMs = await end();
  const [gateways, elsewhere = { atMs: sinceMs, takenAgain: 0 }] = await Promise.all([
    shown.refusedEverywhere(),
    shownElsewhere?.refusedEverywhere(),
  ]);
  return {
    kind,
    afterMs: Math.max(0, gateways.atMs - sinceMs),
    elsewhereAfterMs: Math.max(0, elsewhere.atMs - sinceMs),
    takenAgain: gateways.takenAgain + elsewhere.takenAgain,
  };
};

class Run {
  readonly ended: Ended[] = [];
  /** Times that a gateway refused a credential before its end. */
  refusedEarly = 0;
  /** Credentials that a gateway or a worker took which started after their end. */
  takenLate = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: RevocationOptions,
  ) {}

  async all(): Promise<void> {
    const { rounds } = this.options;
    const folder = scratchFolder();
    try {
      for (let round = 0; round < rounds; round += 1) await this.#round(folder, round);
    } finally {
      removeFolder(folder);
    }
  }

  async #round(folder: string, round: number): Promise<void> {
    const lifetimeMs = this.options.lifetimeSeconds * 1_000;
    const { credentials, sibling, others } = await makeCredentials(this.cluster, folder, lifetimeMs, round);
    const expiring = credentials.filter(({ kind }) => kind === 'expired').map(endOf);
    for (const credential of credentials.filter(({ kind }) => kind !== 'expired')) {
      this.refusedEarly += await credential.shown.refusals();
      this.ended.push(await endOf(credential));
      this.refusedEarly += await sibling.shown.refusals();
    }
    this.ended.push(await endOf(sibling), ...(await Promise.all(expiring)));
    await this.#startLate(credentials);
    for (const { shown, shownElsewhere } of [...credentials, sibling]) {
      shown.close();
      shownElsewhere?.close();
    }
    for (const other of others) await this.cluster.end(other, 'SIGTERM');
  }

  /** What was ended by its owner is in no configuration: whoever starts must hear of it before it lets anybody in. */
  async #startLate(credentials: readonly EndingCredential[]): Promise<void> {
    const [gateway, worker] = [await this.cluster.start('gateway'), await this.cluster.start('secret-worker')];
    for (const { shown, shownElsewhere } of credentials) {
      const { name, headers } = shown;
      const late = [await ShownCredential.open([gateway.address], name, headers)];
      if (shownElsewhere !== undefined)
        late.push(await ShownCredential.open([worker.address], name, headers, OF_METRICS));
      for (const each of late) {
        this.takenLate += 1 - (await each.refusals());
        each.close();
      }
    }
    await this.cluster.end(gateway);
    await this.cluster.end(worker);
  }
}

/** In seconds. */
const longest = (
  ended: readonly Ended[],
  kind: Ended['kind'],
  at: 'afterMs' | 'elsewhereAfterMs' = 'afterMs',
): number => Math.max(0, ...ended.filter((each) => each.kind === kind).map((each) => each[at])) / 1_000;

const revocation = async (cluster: Cluster, options: RevocationOptions): Promise<Outcome> => {
  const put = await cluster.gateways[0]?.put(NAMESPACE, { key: KEY, value: 'v' });
  if (put?.status !== 200) throw new Error(`a write was answered ${put?.status}`);
  const run = new Run(cluster, options);
  await run.all();
  const { ended, refusedEarly, takenLate } = run;
  const takenAgain = ended.reduce((sum, each) => sum + each.takenAgain, 0);
  return combine(
    show('Credentials that ended', ended.length, 'credentials'),
    aimAtMost(
      'Removed by an edit: refused by every gateway after at most',
      longest(ended, 'removed from the configuration'),
      's',
      2,
    ),
    aimAtMost(
      'Ended by its owner at one gateway: refused by every gateway after at most',
      longest(ended, 'ended by its owner'),
      's',
      2,
    ),
    aimAtMost(
      'Ended by its owner at one gateway: refused by workers and coordinators after at most',
      longest(ended, 'ended by its owner', 'elsewhereAfterMs'),
      's',
      2,
    ),
    aimAtMost('Expired: refused by every gateway after at most', longest(ended, 'expired'), 's', 2),
    assertEqual('Times that one was taken again by who had refused it', takenAgain, 'times', 0),
    assertEqual(
      'Credentials that a gateway or a worker took which started after their end',
      takenLate,
      'credentials',
      0,
    ),
    assertEqual('Times that a gateway refused one that had not ended', refusedEarly, 'times', 0),
  );
};

export default property({
  name: 'revocation',
  title: 'Revocation',
  shows:
    'Access tokens, tokens of roles, JSON Web Tokens and sessions that were taken out of the configuration, have expired or were ended by their owner at one gateway are refused by each of three gateways, cached or not, on open connections, by workers and coordinators, and by whoever starts later.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { rounds: 1, lifetimeSeconds: 20 },
  quickFigures: ['Ended by its owner at one gateway', 'Expired'],
  full: { rounds: 5, lifetimeSeconds: 20 },
  run: (options) =>
    Cluster.use({ counts: THREE_GATEWAYS, cache: {}, settings: { vault: VAULT_API } }, (cluster) =>
      revocation(cluster, options),
    ),
});
