/** What somebody copies into a shell or a file. */
export interface Command {
  name: string;
  text: string;
  /** What has to be known for it to work: the name of a text below `commands.notes`. */
  note?: 'run' | 'vault' | 'externalSecrets' | 'import';
}

/** As a POSIX shell reads it as one word. */
export const quoted = (text: string): string =>
  /^[\w.,/:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A request of the API. The token comes from the environment: no command holds one. */
export const curl = (url: string, options = ''): string =>
  `curl ${options === '' ? '' : `${options} `}-H "Authorization: Bearer $COFFER_TOKEN" \\\n  ${quoted(url)}`;

/** A command line of Coffer's own, which asks the gateway of this page. */
export const coffer = (origin: string, tenant: string, command: string, options: readonly string[] = []): string =>
  [
    `COFFER_URL=${quoted(origin)} \\\n  npm run -s coffer -- ${command}`,
    ...(tenant === 'main' ? [] : [`--tenant ${quoted(tenant)}`]),
    ...options,
  ].join(' ');
