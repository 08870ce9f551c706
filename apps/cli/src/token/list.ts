import { loadAccess, type AccessConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { argumentsOf, requireConfiguration } from '../configuration/access-change.js';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { grantsText } from '../grant-option.js';
import { withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

/** A sample of `coffer_token_last_used_timestamp_seconds`: the token, then the time. */
const SAMPLE = /^coffer_token_last_used_timestamp_seconds\{token="((?:[^"\\]|\\.)*)"\} (\S+)$/;

const unescape = (label: string): string =>
  label.replaceAll(/\\(.)/g, (_escape, character: string) => (character === 'n' ? '\n' : character));

/** When each token was last used by the metrics of one process, in milliseconds since the Unix epoch. */
const lastUsesOf = (metrics: string): ReadonlyMap<string, number> =>
  new Map(
    metrics.split('\n').flatMap((line): [string, number][] => {
      const [, token, seconds] = SAMPLE.exec(line) ?? [];
      return token === undefined ? [] : [[unescape(token), Number(seconds) * 1_000]];
    }),
  );

interface Options extends GatewayOptions {
  readonly config?: string;
  readonly json?: boolean;
}

type Token = AccessConfiguration['tokens'][number];

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** When tokens were last used, by id; `undefined` where no gateway is named, or it cannot tell, which is said on standard error. */
const lastUses = async (options: Options, terminal: Terminal): Promise<ReadonlyMap<string, number> | undefined> => {
  if (options.url === undefined && !terminal.env['COFFER_URL']) return undefined;
  try {
    return lastUsesOf(await gatewayOf(options, terminal).metrics());
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    terminal.err(`when tokens were last used is not known: ${error.message}\n`);
    return undefined;
  }
};

const lineOf = ({ id, grants, expiresAtMs, cidrs }: Token, used: ReadonlyMap<string, number> | undefined): string => {
  const ended = expiresAtMs !== undefined && expiresAtMs <= Date.now() ? 'expired' : 'until';
  const usedAtMs = used?.get(id);
  return [
    id,
    grantsText(grants),
    ...(expiresAtMs === undefined ? [] : [`${ended} ${timeOf(expiresAtMs)}`]),
    ...(cidrs === undefined ? [] : [`from ${cidrs.join(',')}`]),
    ...(used === undefined ? [] : [usedAtMs === undefined ? 'not used' : `used ${timeOf(usedAtMs)}`]),
  ].join('  ');
};

const rowOf = ({ id, grants, expiresAtMs, cidrs }: Token, used: ReadonlyMap<string, number> | undefined): object => {
  const usedAtMs = used?.get(id);
  return {
    ...{ id, grants },
    ...(expiresAtMs === undefined ? {} : { expires: timeOf(expiresAtMs) }),
    ...(cidrs === undefined ? {} : { cidrs }),
    ...(usedAtMs === undefined ? {} : { lastUsed: timeOf(usedAtMs) }),
  };
};

/** `coffer token list`: the tokens of the configuration, and when a gateway last saw them. */
export const tokenList = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('list'), 'of the gateway that is asked')
      .description(
        'show the access tokens of the configuration: id, grants, end, addresses, and when each was last used',
      )
      .addOption(configOption())
      .option('--json', 'one JSON object on each line')
      .addHelpText(
        'after',
        '\nWhen a token was last used is what the gateway of --url or COFFER_URL has seen since it started; of several' +
          '\ngateways ask each, or its metrics: coffer_token_last_used_timestamp_seconds.',
      ),
    'COFFER_TOKEN=coffer_… coffer token list --url http://127.0.0.1:8080',
  ).action(async ({ json = false, ...options }: Options) => {
    const { env, cwd } = terminal;
    const file = requireConfiguration(options.config, terminal);
    const { tokens = [] } = loadAccess({ argv: argumentsOf(file), env, cwd }) ?? {};
    const used = await lastUses(options, terminal);
    for (const token of tokens) terminal.out(`${json ? JSON.stringify(rowOf(token, used)) : lineOf(token, used)}\n`);
    terminal.err(`${tokens.length} ${tokens.length === 1 ? 'token' : 'tokens'}\n`);
  });
