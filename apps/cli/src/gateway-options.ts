import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CofferError, DEFAULT_TENANT, SecretValue, parseTenant } from '@coffer/secrets';
import { GatewayClient, parseGatewayUrl } from './gateway-client.js';
import type { Terminal } from './terminal.js';

export interface GatewayOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly tenant: string;
}

/** What every command needs that asks a gateway. */
export const withGatewayOptions = (command: Command, tenant: string): Command =>
  command
    .option('--url <address>', 'of a gateway; COFFER_URL when absent')
    .option('--token-file <file>', 'holds the access token; COFFER_TOKEN when absent')
    .option('--tenant <name>', tenant, parseTenant, DEFAULT_TENANT)
    .addHelpText('after', '\nThe token comes from a file or from COFFER_TOKEN, never from an argument.');

const TOKEN = /^[\x21-\x7e]+$/;

const readToken = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CofferError('configuration', `the token file ${file} cannot be read (${code ?? 'unknown reason'})`);
  }
};

/** Throws `invalid` and says what is missing. */
export const gatewayUrlOf = ({ url }: Pick<GatewayOptions, 'url'>, { env }: Pick<Terminal, 'env'>): URL => {
  const address = url ?? env['COFFER_URL'] ?? '';
  if (address === '') throw new CofferError('invalid', 'say which gateway to ask: --url, or COFFER_URL');
  return parseGatewayUrl(address, url === undefined ? 'COFFER_URL' : '--url');
};

/** Throws `invalid` or `configuration` and says what is missing. */
export const tokenOf = (
  { tokenFile }: Pick<GatewayOptions, 'tokenFile'>,
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): SecretValue => {
  const token = (tokenFile === undefined ? (env['COFFER_TOKEN'] ?? '') : readToken(resolve(cwd, tokenFile))).trim();
  if (token === '') {
    throw new CofferError(
      'invalid',
      'an access token is needed: COFFER_TOKEN, or --token-file FILE; that of the first start is in the file first-start-token of the data folder',
    );
  }
  if (!TOKEN.test(token)) throw new CofferError('invalid', 'the access token has characters that no token has');
  return new SecretValue(token);
};

/** Throws `invalid` or `configuration` and says what is missing. */
export const gatewayOf = (options: GatewayOptions, terminal: Terminal): GatewayClient => {
  const url = gatewayUrlOf(options, terminal);
  return new GatewayClient(url, options.tenant, tokenOf(options, terminal));
};
