/** The version that Vault's clients see; 0 where there is no secret. */
export const revisionOf = (secret: object | undefined): number => {
  if (secret === undefined) return 0;
  return 'revision' in secret && typeof secret.revision === 'number' ? secret.revision : 1;
};

export const changedOf = (secret: object): number | undefined =>
  'changed' in secret && typeof secret.changed === 'number' ? secret.changed : undefined;
