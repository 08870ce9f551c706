import { once } from 'node:events';
import { connect } from 'node:net';
import { SECRETS } from './life.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import type { Evidence } from './recording-client.js';

/** Larger than any body may be, and how much of it is sent: the answer must not be overtaken by a cut. */
const LARGE_BODY = 4_000_000;
const SENT_OF_IT = 100_000;

/** Sends the bytes, ends its side or cuts, and answers whatever came back. */
const exchange = async (url: string, text: string, cut: boolean): Promise<string> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  if (cut) socket.destroy();
  else socket.end();
  await closed;
  return answer;
};

/** Requests that are no whole HTTP, each with a value or a credential in it. */
export const breakRequests = async (url: string, token: string, texts: MarkerTexts): Promise<Evidence[]> => {
  const head = `PUT ${SECRETS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  const body = JSON.stringify({ key: 'BROKEN', value: texts.secret() });
  const large = JSON.stringify({ key: 'BROKEN', value: texts.large(SENT_OF_IT) });
  const requests: readonly (readonly [string, string, boolean])[] = [
    ['cut in the middle of the body', `${head}content-length: ${body.length + 100}\r\n\r\n${body}`, true],
    ['ended in the middle of the body', `${head}content-length: ${body.length + 100}\r\n\r\n${body}`, false],
    ['a body that is too large', `${head}content-length: ${LARGE_BODY}\r\n\r\n${large}`, false],
    [
      'a chunk that is too large',
      `${head}transfer-encoding: chunked\r\n\r\n3d0900\r\n${texts.large(LARGE_BODY)}`,
      false,
    ],
    ['a header that is none', `${head}${texts.credential}\r\n\r\n`, false],
    ['a length that is none', `${head}content-length: ${texts.credential}\r\n\r\n${body}`, false],
    ['a chunk that is none', `${head}transfer-encoding: chunked\r\n\r\n${texts.value}\r\n${body}`, false],
    ['a request line that is none', `${texts.value} ${texts.credential}\r\n\r\n`, false],
    [
      'headers that are too large',
      `${head}x-large: ${texts.large(40_000).replace(/[^A-Za-z0-9]/g, '')}\r\n\r\n`,
      false,
    ],
  ];
  const evidence: Evidence[] = [];
  for (const [what, text, cut] of requests) {
    evidence.push({ place: `answer: ${what}`, text: await exchange(url, text, cut) });
  }
  return evidence;
};
