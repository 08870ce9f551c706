import { connect } from 'node:net';

/** How long a connection may be silent before its writer's half is closed, and then until it is cut. */
const SILENCE_MS = 500;
const STATUS = /HTTP\/1\.1 (\d{3}) /g;

export interface RawAnswers {
  readonly statuses: readonly number[];
  /** Status and body of answers of 500 and more. */
  readonly faults: readonly string[];
  /** The server had neither answered nor closed the connection in time. */
  readonly cut: boolean;
}

const FAULT = 'HTTP/1.1 5';

const faultsIn = (text: string): readonly string[] => {
  if (!text.includes(FAULT)) return [];
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((answer) => answer.startsWith(FAULT))
    .map((answer) => `${answer.slice(9, 12)} ${answer.slice(answer.indexOf('\r\n\r\n') + 4)}`);
};

/** Sends bytes over a connection of their own, and reads until the server closes it. Never rejects once it is connected. */
export const sendRaw = (port: number, bytes: Buffer): Promise<RawAnswers> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    let [connected, silences] = [false, 0];
    const end = (cut: boolean): void => {
      const statuses = Array.from(received.matchAll(STATUS), ([, status]) => Number(status));
      resolve({ statuses, faults: faultsIn(received), cut });
      socket.destroy();
    };
    socket.setTimeout(SILENCE_MS, () => {
      silences += 1;
      if (silences === 1) socket.end();
      else if (silences > 4) end(true);
    });
    socket.on('connect', () => (connected = true));
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
    socket.on('end', () => end(false));
    // What the server no longer reads is reset.
    socket.on('error', (error) => (connected ? end(false) : reject(error)));
    socket.write(bytes);
  });
