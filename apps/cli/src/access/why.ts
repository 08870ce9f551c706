import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PERMISSIONS, type Grant } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { Argument, Command, CommanderError } from 'commander';
import { detailOf } from '../gateway-client.js';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { grantsText } from '../grant-option.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';

interface Options extends GatewayOptions {
  readonly principal?: string;
  readonly issuer?: string;
  readonly claims?: string;
  readonly json?: boolean;
}

interface Explanation {
  readonly allowed: boolean;
  readonly principal: string;
  readonly grants: readonly (Grant & { readonly verdict: string })[];
}

const DENIED = 2;

const isExplanation = (body: unknown): body is Explanation =>
  typeof body === 'object' && body !== null && 'allowed' in body && 'grants' in body && Array.isArray(body.grants);

const readClaims = (file: string, { cwd }: Terminal): unknown => {
  try {
    return JSON.parse(readFileSync(resolve(cwd, file), 'utf8')) as unknown;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'it is no JSON';
    throw new CofferError('invalid', `the claims in ${file} cannot be read (${reason})`);
  }
};

const questionOf = ({ principal, issuer, claims }: Options, terminal: Terminal): object => {
  if ((issuer === undefined) !== (claims === undefined)) {
    throw new CofferError('invalid', 'the claims of a caller are those of an issuer: say --issuer and --claims');
  }
  return {
    ...(principal === undefined ? {} : { principal }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(claims === undefined ? {} : { claims: readClaims(claims, terminal) }),
  };
};

/** Nothing that a terminal would take for a command. */
const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

/** `coffer access why`: which grants allow or deny something, as a gateway sees it. */
export const accessWhy = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('why'), 'in which it is asked')
      .description('ask a gateway which grants allow or deny something to oneself, or to others')
      .addArgument(new Argument('<permission>', 'what would be done').choices(PERMISSIONS))
      .argument('<namespace>', 'where')
      .option('--principal <name>', 'somebody else, such as token:ci; needs admin in that namespace')
      .option('--issuer <id>', 'whoever has --claims of this issuer; needs admin in that namespace')
      .option('--claims <file>', 'the claims of a caller, as JSON')
      .option('--json', 'the answer as the gateway gives it'),
    'COFFER_TOKEN=coffer_… coffer access why resolve company.team --principal token:ci --url http://127.0.0.1:8080',
    '0 it is allowed, 1 the question was not answered, and standard error says why, 2 it is denied',
  ).action(async (permission: string, namespace: string, { json = false, ...options }: Options) => {
    const question = { permission, namespace, ...questionOf(options, terminal) };
    const { status, body } = await gatewayOf(options, terminal).call('POST', '/access/explain', question);
    if (!isExplanation(body)) {
      throw new CofferError(
        status === 404 ? 'not-found' : 'unavailable',
        `the gateway answered ${status}: ${detailOf(body)}`,
      );
    }
    const { allowed, principal, grants } = body;
    if (json) {
      terminal.out(`${JSON.stringify(body)}\n`);
    } else {
      const verb = allowed ? 'may' : 'may not';
      terminal.out(shown(`${principal} ${verb} ${permission} in ${namespace} of tenant ${options.tenant}`) + '\n');
      for (const { origin = '', verdict, ...grant } of grants) {
        terminal.out(`  ${shown(`${verdict}  ${grantsText([grant])}  ${origin}`)}\n`);
      }
    }
    if (!allowed) throw new CommanderError(DENIED, 'coffer.denied', 'denied');
  });
