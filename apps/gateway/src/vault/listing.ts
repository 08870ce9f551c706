import { Pace, type ListedSecret } from '@coffer/reads';
import { compareCodePoints } from '@coffer/secrets';

export interface Names {
  /** In Vault's order; a slash at the end where there are others below. */
  readonly keys: string[];
  /** Secrets that no path of Vault's clients names, for a slash in their keys would begin another part. */
  readonly unnamed: number;
}

/** The next part of a namespace below the folder. */
const partOf = (namespace: string, folder: string | undefined): string | undefined => {
  if (folder === undefined) return namespace.split('.', 1)[0];
  return namespace.startsWith(`${folder}.`) ? namespace.slice(folder.length + 1).split('.', 1)[0] : undefined;
};

/** What lies in a folder of the secrets that may be seen. Rests, for a tenant may have many. */
export const namesIn = async (
  secrets: readonly ListedSecret[],
  folder: string | undefined,
  visible: (namespace: string) => boolean,
): Promise<Names> => {
  const names = new Set<string>();
  const pace = new Pace();
  let unnamed = 0;
  let last: { readonly namespace: string; readonly isVisible: boolean } | undefined;
  for (const { namespace, key } of secrets) {
    if (pace.due()) await pace.rest();
    if (last?.namespace !== namespace) {
      last = { namespace, isVisible: visible(namespace) };
      const part = last.isVisible ? partOf(namespace, folder) : undefined;
      if (part !== undefined) names.add(`${part}/`);
    }
    if (!last.isVisible || namespace !== folder) continue;
    if (key.includes('/')) unnamed += 1;
    else names.add(key);
  }
  return { keys: [...names].sort(compareCodePoints), unnamed };
};
