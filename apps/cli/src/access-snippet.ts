import { stringify } from 'yaml';
import type { Entry } from '@coffer/config';

/** A piece of configuration, whole from the top, so that its place needs no explanation. */
export const accessSnippet = (list: 'tokens' | 'users', entry: Entry): string =>
  `# Add this to Coffer's configuration file; if coffer.access.${list} is there already, add the entry to it:\n` +
  stringify({ coffer: { access: { [list]: [entry] } } }, { lineWidth: 0, aliasDuplicateObjects: false });
