import { CofferError, SecretValue } from '@coffer/secrets';
import type { Terminal } from '../terminal.js';

/** Characters. NIST SP 800-63B section 5.1.1.2. */
const MIN_LENGTH = 8;
const MAX_BYTES = 1024;

const refused = (what: string): CofferError => new CofferError('invalid', `the password on standard input ${what}`);

/**
 * All of standard input but a line break at its end. From a pipe only: an argument shows in the list of processes, and
 * a terminal would show what is typed. Throws `invalid` and says what to do.
 */
export const readPassword = async (terminal: Terminal): Promise<SecretValue> => {
  if (terminal.interactive) {
    throw new CofferError(
      'invalid',
      'the password is read from a pipe, so that no screen and no list of processes shows it; in bash:\n' +
        `  read -rsp 'password: ' P && printf %s "$P" | npm run -s coffer -- password hash; unset P`,
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of terminal.input) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw refused(`is longer than ${MAX_BYTES} bytes`);
  }
  const password = decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  if (password === '') throw refused('is empty; pipe it in: printf %s "$PASSWORD" | coffer password hash');
  if (/[\u0000-\u001f\u007f]/.test(password)) throw refused('has a line break or another control character in it');
  if ([...password].length < MIN_LENGTH) {
    throw refused(`is shorter than ${MIN_LENGTH} characters; \`openssl rand -base64 18\` makes a good one`);
  }
  return new SecretValue(password);
};

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('is not UTF-8');
  }
};
