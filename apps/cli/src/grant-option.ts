import { Option } from 'commander';
import { parseGrantText, type Grant } from '@coffer/access';

/** `--grant`, any number of times; read into a list. */
export const grantOption = (): Option =>
  new Option(
    '--grant <[tenant/]namespace:permissions>',
    'what it may do, repeatable: a namespace with its children, or * for all, and some of ' +
      'list, resolve, write, delete, admin; for example company.team:list,resolve',
  ).argParser((text: string, before: Grant[] | undefined) => [...(before ?? []), parseGrantText(text)]);
