/** What a process claims a shard or a partition with: which process it is, and what no other take-over has. */
export const claimOf = (process: string, takeOver: string): string => `${process}/${takeOver}`;

/** The process that a claim is of; `undefined` for one that does not name it. */
export const processOf = (claim: string): string | undefined => {
  const end = claim.indexOf('/');
  return end <= 0 ? undefined : claim.slice(0, end);
};
