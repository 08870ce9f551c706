import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A proxy of 127.0.0.1 that refuses whatever it is asked for, and remembers it. */
export class RefusingProxy {
  /** The first line of each request. */
  readonly asked: string[] = [];
  readonly #server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      this.asked.push(bytes.toString('latin1').split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
  });

  private constructor() {}

  static async open(): Promise<RefusingProxy> {
    const proxy = new RefusingProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}
