import { join } from 'node:path';
import type { Mortal } from '../cluster/tools.js';

const TOOLS = join(__dirname, '../../../../tools/servers');

/** A server of one's own that may be killed and come back, and how to end it. */
export interface MortalServer extends Mortal {
  stop(): Promise<void>;
}

interface Lifecycle {
  obtainMortal(server: unknown, options: { readonly log: (line: string) => void }): Promise<Mortal>;
}
interface Handles {
  stopServer(handle: Mortal['handle']): Promise<void>;
}

/** By its name in `tools/servers`. It inherits the processors that this process may run on. */
export const startServer = async (name: 'kafka' | 'redis' | 'vault'): Promise<MortalServer> => {
  const { obtainMortal } = (await import(join(TOOLS, 'lifecycle.mjs'))) as Lifecycle;
  const { stopServer } = (await import(join(TOOLS, 'handles.mjs'))) as Handles;
  const servers = (await import(join(TOOLS, `${name}.mjs`))) as Readonly<Record<string, unknown>>;
  const { env, handle, revive } = await obtainMortal(servers[name], { log: () => undefined });
  return { env, handle, revive, stop: () => stopServer(handle) };
};
