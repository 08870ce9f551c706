import { Command } from 'commander';
import { CofferError, parseNamespace } from '@coffer/secrets';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import { RevalidatedReads } from '../revalidated-reads.js';
import type { Terminal } from '../terminal.js';
import { AgentError, refusalOf } from './agent-error.js';
import { AgentMetrics } from './agent-metrics.js';
import { AgentServer } from './agent-server.js';
import { ClientToken } from './client-token.js';
import { arnOf, readSecretRequest, type SecretScope } from './secret-request.js';

interface Options extends GatewayOptions {
  readonly port: number;
  readonly namespace?: string;
  readonly maxBytes: number;
}

const PORT = 2_773;
const MAX_BYTES = 16 * 1_048_576;
const CURRENT = 'AWSCURRENT';
const END_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

interface ResolvedSecret {
  readonly value: string;
  readonly version: string;
  /** An ISO 8601 time; absent where the gateway does not know it. */
  readonly changed?: string;
}

/** Seconds since the Unix epoch as AWS Secrets Manager Agent says them: a text with a fraction, `null` where they are not known. */
const secondsText = (time: string | undefined): string | null =>
  time === undefined ? null : String(Date.parse(time) / 1_000);

const numberIn =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new CofferError('invalid', `${name} must be a number from ${least} to ${most}`);
  };

/** Reads what a target names, in the form of AWS Secrets Manager's GetSecretValue. */
const readerOf = (options: Options, terminal: Terminal, reads: RevalidatedReads) => {
  const scope: SecretScope = options;
  return async (target: string): Promise<string> => {
    const { path, versionId, versionStage, refreshNow } = readSecretRequest(target, scope);
    const { tenant, namespace, key } = path;
    // The file of the token is read anew: whoever renews it need not start the agent anew.
    const gateway = gatewayOf({ ...options, tenant }, terminal);
    const place = `/namespaces/${encodeURIComponent(namespace)}/values/${encodeURIComponent(key)}`;
    const answer = await reads.read(gateway, `${tenant} ${place}`, refreshNow ? `${place}?refresh=true` : place);
    if (answer.status !== 200) throw refusalOf(answer);
    const { value, version, changed } = answer.body as ResolvedSecret;
    if ((versionId ?? version) !== version || (versionStage ?? CURRENT) !== CURRENT) {
      throw AgentError.named(
        400,
        'ResourceNotFoundException',
        `of this secret there is its current version alone, ${version}, staged ${CURRENT}`,
      );
    }
    return JSON.stringify({
      ...{ ARN: arnOf(path), Name: `${namespace}/${key}`, VersionId: version },
      ...{ SecretString: value, VersionStages: [CURRENT], CreatedDate: secondsText(changed) },
    });
  };
};

const ended = (): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      END_SIGNALS.forEach((signal) => process.off(signal, end));
      resolve();
    };
    END_SIGNALS.forEach((signal) => process.on(signal, end));
  });

/** `coffer agent`: gives the programs of this machine secrets by the HTTP of AWS Secrets Manager Agent, until a signal ends it. */
export const agent = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('agent'), 'whose secrets, where an id names no other')
      .description('give the programs of this machine secrets as AWS Secrets Manager Agent does')
      .option('--port <number>', 'at 127.0.0.1; 0 for any that is free', numberIn('--port', 0, 65_535), PORT)
      .option('--namespace <name>', 'of ids that are a key alone', parseNamespace)
      .option(
        '--max-bytes <number>',
        'of answers that are kept, to be given out again while the gateway calls them current',
        numberIn('--max-bytes', 0, 1_073_741_824),
        MAX_BYTES,
      )
      .addHelpText(
        'after',
        '\nClients send AWS_TOKEN in the header X-Aws-Parameters-Secrets-Token, or in X-Vault-Token; it may be file:///… with it.\n' +
          'An id is [tenant@]NAMESPACE/KEY. Every read asks the gateway; nothing is given out while none answers.',
      ),
    'AWS_TOKEN=file:///run/coffer/agent-token coffer agent --url https://coffer.example.org --token-file token',
    '0 a signal has ended it, 1 it could not start, and standard error says why',
  ).action(async (options: Options) => {
    const token = ClientToken.of(terminal);
    gatewayOf(options, terminal);
    const reads = new RevalidatedReads(Math.max(options.maxBytes, 1));
    const metrics = new AgentMetrics(reads);
    const server = new AgentServer({ token, metrics, read: readerOf(options, terminal, reads) });
    const address = await server.listen(options.port);
    const end = ended();
    terminal.out(`ready ${address}\n`);
    await end;
    await server.close();
  });
