import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { administratorsOf, FIRST_TOKEN_FILE, FIRST_TOKEN_REVOKED_FILE } from '@coffer/access';
import { loadAccess, loadConfiguration, type AccessConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { argumentsOf } from '../configuration/access-change.js';
import { dataFolderOf } from '../data-folder.js';
import { grantsText } from '../grant-option.js';
import { withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly config?: string;
  readonly showToken?: boolean;
}

type Issuer = AccessConfiguration['issuers'][number];
type Binding = Issuer['bindings'][number];

const templatesOf = (grants: Binding['grants']): string =>
  grantsText(grants.map(({ namespace, ...grant }) => ({ ...grant, namespace: namespace.text })));

const conditionOf = (when: Binding['when']): string =>
  `when ${when.map(({ claim, patterns }) => `${claim} is ${patterns.join(' or ')}`).join(' and ')}`;

/** When a token ends, and from where it counts. */
const limitsOf = ({
  expiresAtMs,
  cidrs,
}: Pick<AccessConfiguration['tokens'][number], 'expiresAtMs' | 'cidrs'>): string =>
  [
    ...(expiresAtMs === undefined ? [] : [`  until ${new Date(expiresAtMs).toISOString()}`]),
    ...(cidrs === undefined ? [] : [`  from ${cidrs.join(', ')}`]),
  ].join('');

/** As a running Coffer sees it: `coffer.access` counts although the rest may be wrong. */
const accessOf = (config: string | undefined, { env, cwd }: Terminal): AccessConfiguration => {
  const options = { argv: argumentsOf(config), env, cwd };
  try {
    return loadConfiguration(options).access;
  } catch (error) {
    const access = loadAccess(options);
    if (access === undefined) throw error;
    return access;
  }
};

const firstToken = (folder: string, access: AccessConfiguration, reveal: boolean): string => {
  const file = join(folder, FIRST_TOKEN_FILE);
  if (existsSync(join(folder, FIRST_TOKEN_REVOKED_FILE))) return 'revoked';
  if (!existsSync(file)) return `none in ${folder}`;
  const [administrator] = administratorsOf(access);
  const counts = administrator === undefined ? 'may do everything' : `does not count: there is ${administrator}`;
  return `in ${file}, ${counts}${reveal ? `\n${readFileSync(file, 'utf8').trim()}` : ''}`;
};

/** `coffer access`: who has access by the configuration, and where the first-start token of the data folder lies. */
export const accessShow = (terminal: Terminal): Command =>
  withExample(
    new Command('access')
      .description('show who has access, and where the first-start token lies')
      .addOption(configOption())
      .option('--show-token', 'print the first-start token as well')
      .addHelpText('after', '\nThe first-start token belongs to the data folder: COFFER_DATA_DIR, else ./data.'),
    'coffer access --config /etc/coffer/coffer.yml',
  ).action(({ config, showToken = false }: Options) => {
    const access = accessOf(config, terminal);
    for (const token of access.tokens)
      terminal.out(`token ${token.id}  ${grantsText(token.grants)}${limitsOf(token)}\n`);
    for (const { username, grants } of access.users) terminal.out(`user ${username}  ${grantsText(grants)}\n`);
    for (const [kind, list] of [
      ['issuer', access.issuers],
      ['certificate', access.certificates],
    ] as const) {
      for (const { id, bindings } of list) {
        for (const { when, grants } of bindings)
          terminal.out(`${kind} ${id}  ${conditionOf(when)}  ${templatesOf(grants)}\n`);
      }
    }
    for (const { id, grants, secretIds } of access.roles) {
      terminal.out(`role ${id}  ${grantsText(grants)}\n`);
      for (const secret of secretIds) {
        const uses = secret.uses === undefined ? '' : `  ${secret.uses} uses`;
        terminal.out(`role ${id}  secret id ${secret.id}${limitsOf(secret)}${uses}\n`);
      }
    }
    for (const { id, to, grants, expiresAtMs, reason } of access.breakGlass) {
      terminal.out(`break-glass ${id}  ${to}  ${grantsText(grants)}${limitsOf({ expiresAtMs })}  ${reason}\n`);
    }
    try {
      terminal.out(`first-start token  ${firstToken(dataFolderOf(terminal.env), access, showToken)}\n`);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new CofferError(
        'configuration',
        `the first-start token cannot be read (${reason}); run this as Coffer’s user`,
      );
    }
  });
