import { Option } from 'commander';
import { parseGrantText, type Grant } from '@coffer/access';
import type { Entry } from '@coffer/config';

/** `--grant`, any number of times; read into a list. */
export const grantOption = (): Option =>
  new Option(
    '--grant <[tenant/]namespace:permissions>',
    'what it may do, repeatable: a namespace with its children, or * for all, and some of ' +
      'list, resolve, write, delete, admin; for example company.team:list,resolve',
  ).argParser((text: string, before: Grant[] | undefined) => [...(before ?? []), parseGrantText(text)]);

/** As the configuration writes it. */
export const entryOfGrant = ({ tenant, namespace, permissions }: Grant): Entry => ({ tenant, namespace, permissions });

/** As `--grant` takes them. */
export const grantsText = (grants: readonly Grant[]): string =>
  grants.map(({ tenant, namespace, permissions }) => `${tenant}/${namespace}:${permissions.join(',')}`).join('  ');
