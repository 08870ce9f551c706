/** @servers none */
import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

const run = async (...args: readonly string[]) => {
  const program = NodeProcess.start([join(__dirname, '../dist/run.js'), ...args]);
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

describe('the program that runs properties', () => {
  it('says which there are, and what one of them does and takes', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringMatching(/bench, .*soak/) });
    const help = await run('bench-cache', '--help');
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/--seconds N +default 60[^]*taskset/) });
  });

  it.each([
    [['nothing-of-that-name'], /there is no property "nothing-of-that-name"/],
    [['bench', '--fast'], /--fast/],
    [['bench', '--seconds', 'many'], /--seconds must be a number/],
    [['soak', '--fault', 'rain'], /there is no fault "rain"/],
    [['model', '--quick'], /no quick options/],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr.split('\n')[0]]).toEqual([1, expect.stringMatching(said)]);
  });

  it('prints a line for each figure, and ends with 0 where nothing is wrong', async () => {
    const { code, stdout, stderr } = await run('envelope', '--lengths', '1');
    const figures = stdout.trim().split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(figures.at(-1) ?? '')).toMatchObject({ figure: expect.any(String), unit: 'envelopes' });
  });
});
