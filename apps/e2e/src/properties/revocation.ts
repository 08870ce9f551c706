import { Cluster, THREE_GATEWAYS } from '../cluster/index.js';
import { removeFolder, scratchFolder } from '../harness/index.js';
import { aimAtMost, assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { VAULT_API } from '../vault-clients/coffer-target.js';
import { makeCredentials, type EndingCredential } from './revocation/credentials.js';
import { KEY, NAMESPACE, ShownCredential } from './revocation/shown-credential.js';

interface RevocationOptions {
  readonly rounds: number;
  /** How long credentials count that expire. */
  readonly lifetimeSeconds: number;
}

interface Ended extends Pick<EndingCredential, 'kind'> {
  readonly afterMs: number;
  readonly takenAgain: number;
}

const endOf = async ({ shown, kind, end }: EndingCredential): Promise<Ended> => {
  const sinceMs = await end();
  const { atMs, takenAgain } = await shown.refusedEverywhere();
  return { kind, afterMs: Math.max(0, atMs - sinceMs), takenAgain };
};

class Run {
  readonly ended: Ended[] = [];
  /** Times that a gateway refused a credential before its end. */
  refusedEarly = 0;
  /** Credentials that a gateway took which started after their end. */
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
    const { credentials, sibling } = await makeCredentials(this.cluster, folder, lifetimeMs, round);
    const expiring = credentials.filter(({ kind }) => kind === 'expired').map(endOf);
    for (const credential of credentials.filter(({ kind }) => kind !== 'expired')) {
      this.refusedEarly += await credential.shown.refusals();
      this.ended.push(await endOf(credential));
      this.refusedEarly += await sibling.shown.refusals();
    }
    this.ended.push(await endOf(sibling), ...(await Promise.all(expiring)));
    await this.#startLate(credentials);
    for (const { shown } of [...credentials, sibling]) shown.close();
  }

  /** What was ended by its owner is in no configuration: a gateway that starts must hear of it before it lets anybody in. */
  async #startLate(credentials: readonly EndingCredential[]): Promise<void> {
    const started = await this.cluster.start('gateway');
    for (const { shown } of credentials) {
      const late = await ShownCredential.open([started.address], shown.name, shown.headers);
      this.takenLate += 1 - (await late.refusals());
      late.close();
    }
    await this.cluster.end(started);
  }
}

/** In seconds. */
const longest = (ended: readonly Ended[], kind: Ended['kind']): number =>
  Math.max(0, ...ended.filter((each) => each.kind === kind).map(({ afterMs }) => afterMs)) / 1_000;

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
    aimAtMost('Expired: refused by every gateway after at most', longest(ended, 'expired'), 's', 2),
    assertEqual('Times that a gateway took one again after it had refused it', takenAgain, 'times', 0),
    assertEqual('Credentials that a gateway took which started after their end', takenLate, 'credentials', 0),
    assertEqual('Times that a gateway refused one that had not ended', refusedEarly, 'times', 0),
  );
};

export default property({
  name: 'revocation',
  title: 'Revocation',
  shows:
    'Access tokens, tokens of roles, JSON Web Tokens and sessions that were taken out of the configuration, have expired or were ended by their owner at one gateway are refused by each of three gateways, cached or not, on open connections, and by one that starts later.',
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
