import { stringify } from 'yaml';
import type { Grant } from '@coffer/access';

type Entry =
  | { readonly id: string; readonly hash: string; readonly grants: readonly Grant[] }
  | { readonly username: string; readonly passwordHash: string; readonly grants: readonly Grant[] };

/** A piece of configuration, whole from the top, so that its place needs no explanation. */
export const accessSnippet = (list: 'tokens' | 'users', entry: Entry): string =>
  `# Add this to Coffer's configuration file; if coffer.access.${list} is there already, add the entry to it:\n` +
  stringify({ coffer: { access: { [list]: [entry] } } }, { lineWidth: 0, aliasDuplicateObjects: false });
