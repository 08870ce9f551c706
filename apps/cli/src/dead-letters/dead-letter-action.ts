import { Command } from 'commander';
import { CofferError } from '@coffer/secrets';
import { detailOf, type GatewayAnswer, type GatewayClient } from '../gateway-client.js';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { allDeadLetters, WEBHOOK_EVENTS, WRITES, type DeadLetterKind } from './dead-letter-list.js';

interface Options extends GatewayOptions {
  readonly all?: boolean;
}

/** What a command does to dead letters, one after the other. */
interface DeadLetterAction {
  readonly kind: DeadLetterKind;
  readonly name: string;
  readonly description: string;
  readonly help: string;
  readonly done: string;
  /** The status of the gateway's answer when it is done. */
  readonly status: number;
  readonly call: (gateway: GatewayClient, id: string) => Promise<GatewayAnswer>;
  /** What a 503 means that concerns one dead letter alone, so that the others are tried; the gateway is not asked again. */
  readonly refused?: string;
}

/** How often a gateway that asks to wait is called for one dead letter. */
const MAX_ATTEMPTS = 30;

/** A gateway's own 404, not that of another server. */
const isAbsent = ({ status, body }: GatewayAnswer): boolean =>
  status === 404 && (body as { readonly code?: unknown } | undefined)?.code === 'not-found';

const isRefused = ({ status }: GatewayAnswer, { refused }: DeadLetterAction): boolean =>
  refused !== undefined && status === 503;

const withRetries = async (action: DeadLetterAction, gateway: GatewayClient, id: string): Promise<GatewayAnswer> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await action.call(gateway, encodeURIComponent(id));
    const { status, retryAfter } = answer;
    if (status === action.status || isAbsent(answer) || isRefused(answer, action)) return answer;
    if (retryAfter === undefined || attempt === MAX_ATTEMPTS) {
      throw new CofferError('unavailable', `the gateway answered ${status}: ${detailOf(answer.body)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, retryAfter));
  }
};

const idsOf = async (
  gateway: GatewayClient,
  kind: DeadLetterKind,
  ids: readonly string[],
  all: boolean,
): Promise<readonly string[]> => {
  if (all === ids.length > 0) {
    throw new CofferError('invalid', 'name the dead letters by their ids, or say --all; not both');
  }
  return all ? (await allDeadLetters(gateway, kind)).map(({ id }) => id) : ids;
};

const outcomeOf = (answer: GatewayAnswer, action: DeadLetterAction): string => {
  const { done, refused } = action;
  if (isAbsent(answer)) return 'not there any more';
  if (isRefused(answer, action)) return `${refused}: ${detailOf(answer.body)}`;
  const { id } = (answer.body ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' ? `${done}, operation ${id}` : done;
};

/**
 * A command for some letters or for all that are there when it begins, so that one that fails again is not done again.
 * A line of progress for each; it ends at the first letter that the gateway refuses.
 */
const commandOf = (action: DeadLetterAction, terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command(action.name), 'whose dead letters')
      .description(action.description)
      .argument('[id...]', `as \`${action.kind.command} list\` shows them`)
      .option('--all', 'every dead letter that the token administers')
      .addHelpText('after', `\n${action.help}`),
    `COFFER_TOKEN=coffer_… ${action.kind.command} ${action.name} --all --url http://127.0.0.1:8080`,
  ).action(async (given: readonly string[], { all = false, ...options }: Options) => {
    const gateway = gatewayOf(options, terminal);
    const ids = await idsOf(gateway, action.kind, given, all);
    let missing = 0;
    let refused = 0;
    for (const [index, id] of ids.entries()) {
      const answer = await withRetries(action, gateway, id);
      if (isAbsent(answer)) missing += 1;
      if (isRefused(answer, action)) refused += 1;
      terminal.out(`${index + 1}/${ids.length}  ${id}  ${outcomeOf(answer, action)}\n`);
    }
    if (ids.length === 0) terminal.err('there are no dead letters\n');
    if (missing > 0 && !all) throw new CofferError('not-found', `${missing} of ${ids.length} were not there`);
    if (refused > 0) throw new CofferError('unavailable', `${refused} of ${ids.length} were ${action.refused}`);
  });

export const deadLettersReplay = (terminal: Terminal): Command =>
  commandOf(
    {
      kind: WRITES,
      name: 'replay',
      description: 'queue failed writes again, once their cause is repaired',
      help:
        'A replayed write counts as written now, also over what was written to its key since it failed.\n' +
        'One that fails again becomes a new dead letter; the operation tells.',
      done: 'queued',
      status: 202,
      call: (gateway, id) => gateway.call('POST', `/dead-letters/${id}/replay`),
    },
    terminal,
  );

export const deadLettersDiscard = (terminal: Terminal): Command =>
  commandOf(
    {
      kind: WRITES,
      name: 'discard',
      description: 'forget failed writes for good',
      help: 'What is not there, or not for this token to see, counts as discarded.',
      done: 'discarded',
      status: 204,
      call: (gateway, id) => gateway.call('DELETE', `/dead-letters/${id}`),
    },
    terminal,
  );

export const webhookReplay = (terminal: Terminal): Command =>
  commandOf(
    {
      kind: WEBHOOK_EVENTS,
      name: 'replay',
      description: 'post events to their receivers again, once each',
      help:
        'An event that its receiver takes is no dead letter any more; one that it does not take stays, and the others are tried.\n' +
        'A replayed event comes after later ones of its secret: the receiver compares `sequence`.',
      done: 'taken',
      status: 204,
      call: (gateway, id) => gateway.call('POST', `${WEBHOOK_EVENTS.path}/${id}/replay`),
      refused: 'not taken',
    },
    terminal,
  );

export const webhookDiscard = (terminal: Terminal): Command =>
  commandOf(
    {
      kind: WEBHOOK_EVENTS,
      name: 'discard',
      description: 'forget events for good',
      help: 'What is not there, or not for this token to see, counts as discarded.',
      done: 'discarded',
      status: 204,
      call: (gateway, id) => gateway.call('DELETE', `${WEBHOOK_EVENTS.path}/${id}`),
    },
    terminal,
  );
