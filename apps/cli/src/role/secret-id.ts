import { createSecretId, hashAccessToken } from '@coffer/access';
import type { Entry } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, parseId, ROLES } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringOf } from '../configuration/key-ring.js';
import { EDITS, withExample } from '../help-text.js';
import { cidrOption, configOption, expiresOption } from '../limits-options.js';
import { handOver, requirePlace, secretFileOption } from '../new-secret.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly role: string;
  readonly id: string;
  readonly expires?: string;
  readonly uses?: string;
  readonly cidr?: readonly string[];
  readonly config?: string;
  readonly secretFile?: string;
}

/** `coffer role secret-id`: shows a new secret id, of which its hash alone is kept, and puts its entry into the role. */
export const roleSecretId = (terminal: Terminal): Command =>
  withExample(
    new Command('secret-id')
      .description('make a secret id of a role: shows it once; whoever has it can log in as the role')
      .requiredOption('--role <name>', 'the role')
      .requiredOption('--id <name>', 'names the secret id in the audit; not a secret', parseId)
      .addOption(expiresOption())
      .option('--uses <count>', 'how often it lets in; of Coffer in one process alone')
      .addOption(cidrOption())
      .addOption(configOption())
      .addOption(secretFileOption())
      .addHelpText('after', `${EDITS}\nLog in with it: POST /coffer/v1/main/access/login {"role": …, "secretId": …}.`),
    'coffer role secret-id --role deploy --id runner-7 --expires 30d --cidr 10.0.0.0/8',
  ).action(async ({ role, id, expires, uses, cidr, config, secretFile }: Options) => {
    requirePlace(secretFile, terminal);
    const file = requireConfiguration(config, terminal);
    const ring = await ringOf(file, terminal);
    const secretId = createSecretId();
    const entry: Entry = {
      id,
      hash: hashAccessToken(ring, secretId),
      ...(expires === undefined ? {} : { expires }),
      ...(uses === undefined ? {} : { uses }),
      ...(cidr === undefined ? {} : { cidrs: cidr }),
    };
    const accept = (): void =>
      changeAccess(
        file,
        {
          ...{ ...ROLES, entries: [role], ring },
          change: (document, before) => {
            const found = before?.roles.find((each) => each.id === role);
            if (found?.secretIds.some((each) => each.id === id) === true) {
              throw new CofferError(
                'invalid',
                `the role has a secret id '${id}' already; choose another, or revoke it`,
              );
            }
            if (document.putWithin(ROLES, role, 'secretIds', entry)) return;
            throw new CofferError('not-found', `there is no such role in ${file}; make it: coffer role create`);
          },
          holds: ({ roles }) =>
            roles.some(
              (each) =>
                each.id === role && each.secretIds.some((secret) => secret.id === id && secret.hash === entry['hash']),
            ),
        },
        terminal,
      );
    handOver('secret id', secretId, secretFile, terminal, accept);
    terminal.out(COUNTS_SOON);
  });
