import { isAddressBlock, readDuration, readTime } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Option } from 'commander';

const EXAMPLES = 'a time such as 2027-01-31T12:00:00Z, or a duration from now such as 90d';

/** When something ends, as the configuration writes it. */
const parseEnd = (text: string): string => {
  const duration = readDuration(text);
  const end = duration === undefined ? readTime(text) : Date.now() + duration;
  if (end === undefined || Number.isNaN(new Date(end).valueOf())) {
    throw new CofferError('invalid', `the end must be ${EXAMPLES}`);
  }
  if (end <= Date.now()) throw new CofferError('invalid', 'the end must be ahead');
  return new Date(end).toISOString().replace(/\.\d+Z$/, 'Z');
};

/** `--expires`. */
export const expiresOption = (): Option => new Option('--expires <end>', EXAMPLES).argParser(parseEnd);

/** Checked here too: an entry that is printed is in no configuration yet. */
const parseBlock = (text: string, before: readonly string[] | undefined): readonly string[] => {
  if (isAddressBlock(text)) return [...(before ?? []), text];
  throw new CofferError('invalid', 'a block must be an address or a block such as 10.0.0.0/8 or 2001:db8::/32');
};

/** `--cidr`, any number of times; read into a list. */
export const cidrOption = (): Option =>
  new Option(
    '--cidr <block>',
    'an address or block from which alone it counts, such as 10.0.0.0/8, repeatable',
  ).argParser(parseBlock);

export const configOption = (): Option =>
  new Option('--config <file>', 'the configuration; else COFFER_CONFIG, ./coffer.yml or ./application.yml');
