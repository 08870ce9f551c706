import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * `pass`: bytes flow. `refuse`: connections are cut, new and old. `cut-on-request`: bytes of the client cut its
 * connection before the server sees them. `swallow`: the client's bytes reach the server, the server's answer never
 * the client. `cut-on-answer`: as `swallow`, and the connection is cut when the server answers.
 */
export type ProxyMode = 'pass' | 'refuse' | 'cut-on-request' | 'swallow' | 'cut-on-answer';

/**
 * What becomes of a connection now that these bytes of its client came; asked until the answer is not `pass`, which then
 * is the connection's fate.
 */
export type TcpJudge = (bytes: Buffer) => Exclude<ProxyMode, 'refuse'>;

/** A TCP proxy on 127.0.0.1 that fails on command, in front of a real server. */
export class TcpProxy {
  #mode: ProxyMode = 'pass';
  #judge: TcpJudge = () => 'pass';
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {}

  static async to(host: string, port: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, { host, port });
    server.on('connection', (client) => proxy.#join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes effect at once; `refuse` also ends what is connected, and leaving `swallow` ends what it left hanging. */
  set(mode: ProxyMode): void {
    const hanging = this.#mode === 'swallow';
    this.#mode = mode;
    if (mode === 'refuse' || hanging) this.#cutAll();
  }

  /** Decides for connections one by one while the mode is `pass`. */
  judgeBy(judge: TcpJudge): void {
    this.#judge = judge;
  }

  async close(): Promise<void> {
    this.#cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    if (this.#mode === 'refuse') {
      client.destroy();
      return;
    }
    const server = connect(this.target);
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    let fate: ProxyMode = 'pass';
    const mode = (): ProxyMode => (this.#mode === 'pass' ? fate : this.#mode);
    client.on('data', (bytes) => {
      if (mode() === 'pass') fate = this.#judge(bytes);
      if (mode() === 'cut-on-request') cut();
      else server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (mode() === 'cut-on-answer') cut();
      else if (mode() !== 'swallow') client.write(bytes);
    });
  }
}
