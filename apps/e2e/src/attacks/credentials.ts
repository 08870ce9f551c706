import { parse } from 'yaml';
import { hashPassword } from '@coffer/access';
import { SecretValue } from '@coffer/secrets';
import { cofferCommand } from '../harness/index.js';

/** The command changes no file, and shows the token to whoever has started it. */
const PRINTED = ['--print', '--secret-file', '-'];

interface Access {
  readonly coffer: { readonly access: { readonly tokens?: readonly object[] } };
}

/** An access token made for a data folder by the `coffer` command, and its entry in the configuration. */
export const newToken = async (
  dataFolder: string,
  id: string,
  ...grants: readonly string[]
): Promise<{ readonly token: string; readonly entry: object }> => {
  const args = ['token', 'create', ...PRINTED, '--id', id, ...grants.flatMap((grant) => ['--grant', grant])];
  const { code, stdout, stderr } = await cofferCommand(args, { dataFolder });
  const [, token = ''] = /^access token: (\S+)$/m.exec(stdout) ?? [];
  const access = parse(stdout.slice(stdout.indexOf('coffer:\n'))) as Access;
  const [entry] = access.coffer.access.tokens ?? [];
  if (code !== 0 || entry === undefined) throw new Error(`no token was made: ${stderr}`);
  return { token, entry };
};

/** A user of the configuration, and what it sends to log in. */
export const newUser = async (
  username: string,
  grants: readonly object[],
): Promise<{ readonly authorization: string; readonly entry: object }> => {
  const password = 'correct horse: battery staple';
  const passwordHash = await hashPassword(new SecretValue(password));
  return {
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    entry: { username, passwordHash, grants },
  };
};
