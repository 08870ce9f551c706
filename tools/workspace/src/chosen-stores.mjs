import { serversNamed } from '../../test-servers/src/index.mjs';

/** @typedef {(typeof import('./stores.mjs').stores)[number]} Row */

/**
 * Of the stores that are meant, those whose servers the environment names, and those that were asked for by their own
 * name; all where it names none. Throws a sentence where it says too little of one.
 * @param {Row[]} meant
 * @param {string[]} asked
 * @param {NodeJS.ProcessEnv} env
 */
export function chosenStores(meant, asked, env) {
  const isGiven = (/** @type {Row} */ { servers }) =>
    servers.length > 0 && serversNamed(servers).every((server) => server.fromEnvironment(env));
  return meant.some(isGiven) ? meant.filter((row) => isGiven(row) || asked.includes(row.store)) : meant;
}
