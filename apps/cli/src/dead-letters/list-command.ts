import { Command } from 'commander';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { allDeadLetters, lineOf } from './dead-letter-list.js';

interface Options extends GatewayOptions {
  readonly json?: boolean;
}

/** `coffer dead-letters list`: one line for each letter, and how many there are on standard error. */
export const deadLettersList = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('list'), 'whose dead letters')
      .description('show writes that failed for good: id, time, error, kind, path, operation; never a value')
      .option('--json', 'one JSON object on each line'),
    'COFFER_TOKEN=coffer_… coffer dead-letters list --url http://127.0.0.1:8080',
  ).action(async ({ json = false, ...options }: Options) => {
    const deadLetters = await allDeadLetters(gatewayOf(options, terminal));
    for (const deadLetter of deadLetters) terminal.out(`${json ? JSON.stringify(deadLetter) : lineOf(deadLetter)}\n`);
    terminal.err(`${deadLetters.length} dead ${deadLetters.length === 1 ? 'letter' : 'letters'}\n`);
  });
