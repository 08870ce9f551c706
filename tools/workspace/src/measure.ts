import { spawn } from 'node:child_process';
import { startServers } from '@coffer/test-servers';
import { commandOfChild } from '@coffer/test-servers/unprivileged';
import { root, toolEnvironment } from './checkout.ts';
import type { Measurement } from './measurements.ts';

/** How a measurement ends that was right in all, and missed an aim. */
const MISSED = 2;

export interface Figure {
  figure: string;
  value: number | string;
  unit: string;
  aim?: string;
}

/**
 * Runs one measurement in front of the user, with the servers it needs. Rejects when it ends with anything but 0, or 2 where only
 * aims were missed, or prints no figure.
 * `extra`: further arguments of its command.
 */
export async function measure(
  { name, command, servers = [] }: Measurement,
  extra: string[] = [],
): Promise<{ figures: Figure[]; output: string }> {
  const running = servers.length > 0 ? await startServers(servers) : undefined;
  let ok = false;
  try {
    const { output, end } = await runCommand([...command.split(' '), ...extra], running?.env ?? {});
    if (end !== 0 && end !== MISSED) throw new Error(`the measurement "${name}" ended with ${end}`);
    const figures = readFigures(output);
    if (figures.length === 0) throw new Error(`the measurement "${name}" printed no figure`);
    ok = true;
    return { figures, output };
  } finally {
    await running?.stop({ failed: !ok });
  }
}

export function runCommand(
  [program = '', ...rest]: string[],
  env: Record<string, string>,
): Promise<{ output: string; end: number | string }> {
  return new Promise((resolve, reject) => {
    const { command, args } = commandOfChild(program === 'node' ? process.execPath : program, rest);
    const child = spawn(command, args, {
      cwd: root,
      env: { ...toolEnvironment, FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
      process.stderr.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ output, end: signal ?? code ?? 'nothing' }));
  });
}

/** Returns the lines that are figures, in their order. */
export function readFigures(output: string): Figure[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{"figure"')) return [];
    const { figure, value, unit, aim } = JSON.parse(line) as Figure;
    if (typeof figure !== 'string' || !['number', 'string'].includes(typeof value) || typeof unit !== 'string') {
      throw new Error(`not a figure: ${line}`);
    }
    return [{ figure, value, unit, ...(aim === undefined ? {} : { aim: String(aim) }) }];
  });
}
