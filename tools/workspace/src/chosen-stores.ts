import { serversNamed } from '@coffer/test-servers';

type Row = (typeof import('./stores.ts').stores)[number];

/**
 * The meant stores whose servers the environment names, and those that were asked for by their own
 * name; all where it names none. Throws a sentence where it says too little of one.
 */
export function chosenStores(meant: Row[], asked: string[], env: NodeJS.ProcessEnv) {
  const isGiven = ({ servers }: Row) =>
    servers.length > 0 && serversNamed(servers).every((server) => server.fromEnvironment(env));
  return meant.some(isGiven) ? meant.filter((row) => isGiven(row) || asked.includes(row.store)) : meant;
}
