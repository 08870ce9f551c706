import { randomBytes } from 'node:crypto';
import { readDuration, type AccessConfiguration, type Entry } from '@coffer/config';
import type { Grant } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { BREAK_GLASS } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { entryOfGrant, grantOption, grantsText } from '../grant-option.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly for: number;
  readonly reason: string;
  readonly to: string;
  readonly grant: readonly Grant[];
  readonly config?: string;
}

const MAX_DURATION_MS = 86_400_000;

const parseFor = (text: string): number => {
  const milliseconds = readDuration(text);
  if (milliseconds !== undefined && milliseconds >= 1_000 && milliseconds <= MAX_DURATION_MS) return milliseconds;
  throw new CofferError('invalid', 'the duration must be from 1s to 24h, such as 30m');
};

const parseReason = (text: string): string => {
  if (text.trim() !== '' && !/[\u0000-\u001f\u007f]|\$\{/.test(text)) return text.trim();
  throw new CofferError('invalid', 'the reason must be one line of text, without ${');
};

const secondsOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** Sorts by time, and tells two of the same second apart. */
const newId = (nowMs: number): string =>
  `${secondsOf(nowMs).replaceAll(/[-:]/g, '')}-${randomBytes(2).toString('hex')}`;

/** Throws `invalid` for a token or a user that the configuration does not have: the grant would count for nobody. */
const requireKnown = (to: string, access: AccessConfiguration | undefined): void => {
  const [, kind, name = ''] = /^([a-z]+):(.+)$/.exec(to) ?? [];
  if (kind === undefined) throw new CofferError('invalid', 'say who it is for: --to token:ci, or --to user:ann');
  const isKnown =
    kind === 'token'
      ? access?.tokens.some(({ id }) => id === name)
      : kind === 'user'
        ? access?.users.some(({ username }) => username === name)
        : kind === 'role'
          ? access?.roles.some(({ id }) => id === name)
          : true;
  if (isKnown !== true) throw new CofferError('not-found', `there is no such ${kind} in the configuration`);
};

/** `coffer access grant`: gives somebody who has access more of it for a while. */
export const accessGrant = (terminal: Terminal): Command =>
  withExample(
    new Command('grant')
      .description('break glass: give somebody more access for a while; the audit tells of it before it counts')
      .requiredOption('--to <principal>', 'who gets it, by the name that the audit shows: token:ci, user:ann')
      .addOption(grantOption().makeOptionMandatory())
      .requiredOption('--for <duration>', 'how long it counts, from 1s to 24h', parseFor)
      .requiredOption('--reason <text>', 'why; the audit has it', parseReason)
      .addOption(configOption())
      .addHelpText(
        'after',
        `${EDITS}\nThe grant ends by itself; end it sooner by \`coffer access revoke\`. While it counts, every record of that principal` +
          '\nhas `breakGlass`. Entries that have ended are taken out of the file.',
      ),
    `coffer access grant --to user:ann --grant company.team:resolve --for 30m --reason 'INC-42: payments are down'`,
  ).action(async ({ for: durationMs, reason, to, grant, config }: Options) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    const now = Date.now();
    const expires = secondsOf(now + durationMs + 999);
    const id = newId(now);
    const entry: Entry = { id, to, reason, expires, grants: grant.map(entryOfGrant) };
    const entries = [id];
    changeAccess(
      file,
      {
        ...{ ...BREAK_GLASS, entries, ring },
        change: (document, access) => {
          requireKnown(to, access);
          for (const ended of access?.breakGlass ?? []) {
            if (ended.expiresAtMs <= now && document.remove(BREAK_GLASS, ended.id)) entries.push(ended.id);
          }
          document.put(BREAK_GLASS, entry);
        },
        holds: ({ breakGlass }) => breakGlass.some((each) => each.id === id && each.to === to),
      },
      terminal,
    );
    terminal.out(
      `${id}: ${to} has ${grantsText(grant)} until ${expires}.\n` +
        'Every gateway that reads the file counts it within 2 seconds, once its audit has taken the record.\n',
    );
  });
