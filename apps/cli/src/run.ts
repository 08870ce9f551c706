import { Command, CommanderError } from 'commander';
import { CofferError } from '@coffer/secrets';
import { accessGrant } from './access/grant.js';
import { accessRevoke } from './access/revoke.js';
import { accessShow } from './access/show.js';
import { accessWhy } from './access/why.js';
import { agent } from './agent/agent-command.js';
import { auditVerify } from './audit-verify.js';
import {
  deadLettersDiscard,
  deadLettersReplay,
  webhookDiscard,
  webhookReplay,
} from './dead-letters/dead-letter-action.js';
import { WEBHOOK_EVENTS, WRITES } from './dead-letters/dead-letter-list.js';
import { deadLettersList } from './dead-letters/list-command.js';
import { passwordHash } from './password/hash.js';
import { passwordRemove } from './password/remove.js';
import { passwordSet } from './password/set.js';
import { inject } from './process/inject.js';
import { runProcess } from './process/run-process.js';
import { rewrap } from './rewrap/rewrap.js';
import { roleCreate } from './role/create.js';
import { roleRevoke } from './role/revoke.js';
import { roleSecretId } from './role/secret-id.js';
import type { Terminal } from './terminal.js';
import { tokenCreate } from './token/create.js';
import { tokenList } from './token/list.js';
import { tokenRevoke } from './token/revoke.js';
import { tokenRevokeFirst } from './token/revoke-first.js';

/** A command without an action of its own: asked for by itself it shows its help. */
const group = (name: string, description: string): Command =>
  new Command(name).description(description).helpCommand(false);

export const program = (terminal: Terminal): Command => {
  const coffer = group('coffer', 'administer Coffer')
    // The options of `coffer access` are not those of its commands.
    .enablePositionalOptions()
    .addCommand(
      accessShow(terminal)
        .enablePositionalOptions()
        .helpCommand(false)
        .addCommand(accessWhy(terminal))
        .addCommand(accessGrant(terminal))
        .addCommand(accessRevoke(terminal)),
    )
    .addCommand(
      group('token', 'access tokens')
        .addCommand(tokenCreate(terminal))
        .addCommand(tokenList(terminal))
        .addCommand(tokenRevoke(terminal))
        .addCommand(tokenRevokeFirst(terminal)),
    )
    .addCommand(
      group('role', 'roles, whose secret ids give tokens for a short while')
        .addCommand(roleCreate(terminal))
        .addCommand(roleSecretId(terminal))
        .addCommand(roleRevoke(terminal)),
    )
    .addCommand(
      group('password', 'passwords of users')
        .addCommand(passwordSet(terminal))
        .addCommand(passwordRemove(terminal))
        .addCommand(passwordHash(terminal)),
    )
    .addCommand(runProcess(terminal))
    .addCommand(inject(terminal))
    .addCommand(agent(terminal))
    .addCommand(rewrap(terminal))
    .addCommand(group('audit', 'records of who read and changed what').addCommand(auditVerify(terminal)))
    .addCommand(
      group('dead-letters', 'writes that failed for good')
        .addCommand(deadLettersList(terminal, WRITES))
        .addCommand(deadLettersReplay(terminal))
        .addCommand(deadLettersDiscard(terminal)),
    )
    .addCommand(
      group('webhook', 'webhooks of the configuration').addCommand(
        group('dead-letters', 'events that no receiver took in time')
          .addCommand(deadLettersList(terminal, WEBHOOK_EVENTS))
          .addCommand(webhookReplay(terminal))
          .addCommand(webhookDiscard(terminal)),
      ),
    );
  for (const command of withDescendants(coffer)) {
    command
      .exitOverride()
      .showHelpAfterError('Add --help to see what is possible.')
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  }
  return coffer;
};

const withDescendants = (command: Command): Command[] => [command, ...command.commands.flatMap(withDescendants)];

/** Where it happened, without its message, which could quote what a command was given. */
const unexpected = (error: unknown): string => {
  const frames = error instanceof Error ? (error.stack?.match(/^ {4}at .*$/gm) ?? []) : [];
  const name = error instanceof Error ? error.name : typeof error;
  return [`error: unexpected ${name}; please report it with the command and these lines`, ...frames, ''].join('\n');
};

/** Runs one command line, without the names of node and the script. The answer is the exit code; nothing is thrown. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    await program(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what is wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    terminal.err(CofferError.is(error) ? `error: ${error.message}\n` : unexpected(error));
    return 1;
  }
};
