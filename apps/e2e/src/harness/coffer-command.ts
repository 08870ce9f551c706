import { join } from 'node:path';
import { NodeProcess } from './node-process.js';

/** The built `coffer` command. */
export const COFFER_COMMAND = join(__dirname, '../../../../dist/cli.js');

export interface CommandOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `coffer` command to its end. */
export const cofferCommand = async (
  args: readonly string[],
  options: { readonly dataFolder?: string; readonly input?: string } = {},
): Promise<CommandOutcome> => {
  const { dataFolder, input } = options;
  const command = NodeProcess.start([COFFER_COMMAND, ...args], {
    ...(dataFolder === undefined ? {} : { env: { COFFER_DATA_DIR: dataFolder } }),
    ...(input === undefined ? {} : { input }),
  });
  const { code } = await command.exited;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
};
