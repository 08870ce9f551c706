import { spawn } from 'node:child_process';
import { startServers } from '../../test-servers/src/index.mjs';
import { root, toolEnvironment } from './checkout.mjs';

/**
 * @typedef {{figure: string, value: number | string, unit: string, aim?: string}} Figure
 * @typedef {import('./measurements.mjs').Measurement} Measurement
 */

/**
 * Runs one measurement in front of the user, with the servers it needs. Rejects when it ends with anything but 0 or
 * prints no figure.
 * @param {Measurement} measurement
 * @param {string[]} [extra] further arguments of its command
 * @returns {Promise<{figures: Figure[], output: string}>}
 */
export async function measure({ name, command, servers = [] }, extra = []) {
  const running = servers.length > 0 ? await startServers(servers) : undefined;
  let ok = false;
  try {
    const { output, end } = await runCommand([...command.split(' '), ...extra], running?.env ?? {});
    if (end !== 0) throw new Error(`the measurement "${name}" ended with ${end}`);
    const figures = readFigures(output);
    if (figures.length === 0) throw new Error(`the measurement "${name}" printed no figure`);
    ok = true;
    return { figures, output };
  } finally {
    await running?.stop({ failed: !ok });
  }
}

/** @param {string[]} line @param {Record<string, string>} env @returns {Promise<{output: string, end: number | string}>} */
function runCommand([program = '', ...args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: root,
      env: { ...toolEnvironment, FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ output, end: signal ?? code ?? 'nothing' }));
  });
}

/** @param {string} output @returns {Figure[]} the lines that are figures, in their order */
export function readFigures(output) {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{"figure"')) return [];
    const { figure, value, unit, aim } = JSON.parse(line);
    if (typeof figure !== 'string' || !['number', 'string'].includes(typeof value) || typeof unit !== 'string') {
      throw new Error(`not a figure: ${line}`);
    }
    return [{ figure, value, unit, ...(aim === undefined ? {} : { aim: String(aim) }) }];
  });
}
