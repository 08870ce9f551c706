import { join } from 'node:path';
import { goProgram } from './go-program.ts';

const VERSION = '1.13.3';
const folder = join(import.meta.dirname, 'spire');
/** Nearly all of it for the first of the two. */
const effort = 'about 2 GB, and 10 to 40 minutes where nothing was built before';

const program = (name: string) =>
  goProgram({
    name,
    folder: `${name}-${VERSION}`,
    module: folder,
    sources: ['go.mod'],
    target: `github.com/spiffe/spire/cmd/${name}`,
    effort,
  });

const server = program('spire-server');
const agent = program('spire-agent');

export interface SpirePrograms {
  readonly server: string;
  readonly agent: string;
}

/** SPIRE's two unmodified programs, built where they are absent. Rejects with a sentence. */
export const spirePrograms = async (log: (line: string) => void): Promise<SpirePrograms> => {
  for (const each of [server, agent]) await each.make(log);
  return { server: server.file, agent: agent.file };
};
