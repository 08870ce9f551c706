import { createReadStream } from 'node:fs';
import { ChainVerifier, type Verification } from '@coffer/audit';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { withExample } from './help-text.js';
import type { Terminal } from './terminal.js';

/** Longer than any line of an audit: what is beyond it is not kept. */
const MAX_LINE_LENGTH = 1_048_576;

/** Ended by a line feed alone: `node:readline` ends lines at other characters as well, which a record may hold. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const [end = '', ...lines] = chunk.split('\n');
    if (rest.length <= MAX_LINE_LENGTH) rest += end;
    for (const line of lines) {
      yield rest;
      rest = line;
    }
  }
  if (rest !== '') yield rest;
}

const readInto = async (verifier: ChainVerifier, file: string): Promise<void> => {
  try {
    for await (const line of linesOf(file)) verifier.add(line);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new CofferError('configuration', `${file} cannot be read (${reason})`);
  }
};

const print = (terminal: Terminal, found: Verification): void => {
  for (const { chain, seq, hash, ended } of found.chains) {
    terminal.out(`chain ${chain}  ${seq} lines, ${ended ? 'closed' : 'not closed'}, ends with ${hash}\n`);
  }
  if (found.beginsAfter !== undefined) {
    const { chain, seq } = found.beginsAfter;
    terminal.out(`begins after chain ${chain} number ${seq}, which is in none of these files\n`);
  }
  if (found.repeatedLines > 0) terminal.out(`${found.repeatedLines} lines are there again, as they were written\n`);
  if (found.lostRecords > 0) terminal.out(`${found.lostRecords} records had no room in the queue of this sink\n`);
  if (found.tornLines > 0) terminal.out(`${found.tornLines} lines were not finished when their process was killed\n`);
  for (const { line, problem } of found.problems) terminal.out(`line ${line} ${problem}\n`);
  if (found.furtherProblems > 0) terminal.out(`and ${found.furtherProblems} problems more\n`);
};

/** `coffer audit verify`: whether lines of an audit were cut, changed, put in or moved. */
export const auditVerify = (terminal: Terminal): Command =>
  withExample(
    new Command('verify')
      .description('check that no line of an audit was cut, changed, put in or moved')
      .argument('<file...>', 'files of one sink, in the order in which they were written')
      .addHelpText(
        'after',
        '\nA chain that is not closed belongs to a process that runs, was killed, or whose last lines were cut: compare the end' +
          '\nthat is printed with another sink of the same process.',
      ),
    'coffer audit verify audit.jsonl.1 audit.jsonl',
    '0 all lines are as they were written, 1 some are not, or a file cannot be read',
  ).action(async (files: readonly string[]) => {
    const verifier = new ChainVerifier();
    for (const file of files) await readInto(verifier, file);
    const found = verifier.result();
    print(terminal, found);
    const problems = found.problems.length + found.furtherProblems;
    if (problems > 0) throw new CofferError('corrupt', `${problems} problems in ${found.lines} lines`);
    terminal.out(`${found.lines} lines are as they were written\n`);
  });
