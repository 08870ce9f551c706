import { startAvailableServers } from '@coffer/test-servers';
import { makeAddressFolder, publishAddress } from './server-addresses.ts';
import { suiteRun } from './suite-run.ts';
import { serversNeeded } from './suite-servers.ts';

/**
 * Begins to start the servers that the chosen suites need, and does not wait for them: each suite waits for its own
 * (suite-environment.ts), so that those which need no Vault run while Vault is built.
 */
export default function begin(): void {
  const run = suiteRun();
  const folder = makeAddressFolder();
  run.servers = startAvailableServers(serversNeeded(run.suites), {
    onSettled: (name, address) => {
      if ('missing' in address) process.stderr.write(`${address.missing}\n`);
      publishAddress(folder, name, address);
    },
  });
}
