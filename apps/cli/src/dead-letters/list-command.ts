import { Command } from 'commander';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { allDeadLetters, lineOf, type DeadLetterKind } from './dead-letter-list.js';

interface Options extends GatewayOptions {
  readonly json?: boolean;
}

/** `list` of dead letters: one line for each, and how many there are on standard error. */
export const deadLettersList = (terminal: Terminal, kind: DeadLetterKind): Command =>
  withExample(
    withGatewayOptions(new Command('list'), 'whose dead letters')
      .description(`${kind.description}: ${kind.fields.join(', ')}; never a value`)
      .option('--json', 'one JSON object on each line'),
    `COFFER_TOKEN=coffer_… ${kind.command} list --url http://127.0.0.1:8080`,
  ).action(async ({ json = false, ...options }: Options) => {
    const deadLetters = await allDeadLetters(gatewayOf(options, terminal), kind);
    for (const row of deadLetters) terminal.out(`${json ? JSON.stringify(row) : lineOf(row, kind)}\n`);
    terminal.err(`${deadLetters.length} dead ${deadLetters.length === 1 ? 'letter' : 'letters'}\n`);
  });
