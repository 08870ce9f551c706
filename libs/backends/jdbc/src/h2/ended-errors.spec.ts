import { EndedErrors } from './ended-errors.js';

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`, 'latin1');
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
};
const FIELDS = 'SERROR\0C08P01\0MPortal not found: p\0';
const READY = message('Z', 'I');

const through = async (chunks: readonly Buffer[]): Promise<Buffer> => {
  const stream = new EndedErrors();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return Buffer.concat((await stream.toArray()) as Buffer[]);
};

it('ends the fields of an error that H2 did not end', async () => {
  const sent = [message('E', FIELDS), READY];
  expect(await through(sent)).toEqual(Buffer.concat([message('E', `${FIELDS}\0`), READY]));
});

it('leaves everything else as it is', async () => {
  const sent = Buffer.concat([message('1', ''), message('E', `${FIELDS}\0`), message('D', '\0\x01\0\0\0\x01E'), READY]);
  expect(await through([sent])).toEqual(sent);
});

it('does not mind in which pieces it comes', async () => {
  const sent = Buffer.concat([READY, message('E', FIELDS), message('E', FIELDS), READY]);
  const bytes = Array.from(sent, (byte) => Buffer.from([byte]));
  expect(await through(bytes)).toEqual(await through([sent]));
});
