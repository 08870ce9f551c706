import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * `pass`: bytes flow. `cut-on-request`: bytes of the client cut its connection before the server sees them. `swallow`: the
 * client's bytes reach the server, the server's answer never the client. `cut-on-answer`: as `swallow`, and the connection
 * is cut when the server answers.
 */
export type ConnectionState = 'pass' | 'cut-on-request' | 'swallow' | 'cut-on-answer';

/**
 * What befalls all connections. `reset`: they are, new and old. `stall`: nothing arrives; what was sent meanwhile does once
 * it passes again.
 */
export type ProxyState = ConnectionState | 'reset' | 'stall';

/**
 * What becomes of a connection now that these bytes of its client came; asked until the answer is not `pass`, which then
 * is the connection's fate.
 */
export type ConnectionJudge = (bytes: Buffer) => ConnectionState;

interface Chunk {
  readonly dueMs: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: bytes arrive in their order, each after the delay that was in force when it came. */
class Pipe {
  readonly #chunks: Chunk[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly proxy: FaultyProxy,
    private readonly to: Socket,
  ) {}

  take(bytes: Buffer): void {
    if (this.#chunks.length === 0 && !this.proxy.stalled && this.proxy.delayMs === 0) {
      this.to.write(bytes);
      return;
    }
    this.#chunks.push({ dueMs: performance.now() + this.proxy.delayMs, bytes });
    this.pump();
  }

  pump(): void {
    clearTimeout(this.#timer);
    while (!this.proxy.stalled) {
      const [first] = this.#chunks;
      if (first === undefined) return;
      const wait = first.dueMs - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), wait);
        return;
      }
      this.#chunks.shift();
      this.to.write(first.bytes);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#chunks.length = 0;
  }
}

/** Names who is at the other end of a connection by the first bytes that it sends. */
export type SourceOf = (first: Buffer) => string | undefined;

export interface ProxyOptions {
  /** Host of the server. Defaults to this machine. */
  readonly host?: string;
  /** Needed to refuse some sources only. */
  readonly sourceOf?: SourceOf;
}

interface Connection {
  readonly pipes: readonly Pipe[];
  /** Known once it has sent something. */
  source: string | undefined;
  reset(): void;
}

/** A TCP proxy on 127.0.0.1 in front of a real server, whose connections can be reset, stalled, slowed and cut midway. */
export class FaultyProxy {
  #state: ProxyState = 'pass';
  #delayMs = 0;
  readonly #connections = new Set<Connection>();
  #refuses: (source: string) => boolean = () => false;
  #judge: ConnectionJudge = () => 'pass';

  private constructor(
    private readonly server: Server,
    private target: { readonly host: string; readonly port: number },
    private readonly sourceOf: SourceOf,
  ) {}

  /** To a port, which need not be there yet. */
  static async to(
    port: number,
    { host = '127.0.0.1', sourceOf = () => undefined }: ProxyOptions = {},
  ): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server, { host, port }, sourceOf);
    server.on('connection', (client) => proxy.#join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get stalled(): boolean {
    return this.#state === 'stall';
  }

  /** Each way. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Takes effect at once; leaving `swallow` resets what it left hanging. */
  set(state: ProxyState, delayMs = 0): void {
    const hanging = this.#state === 'swallow' && state !== 'swallow';
    this.#state = state;
    this.#delayMs = delayMs;
    for (const connection of [...this.#connections]) {
      if (state === 'reset' || hanging) connection.reset();
      else connection.pipes.forEach((pipe) => pipe.pump());
    }
  }

  /** From now on new connections go to another port of the same host; old ones are reset. */
  leadTo(port: number): void {
    this.target = { ...this.target, port };
    for (const connection of [...this.#connections]) connection.reset();
  }

  /** From now on connections of these sources are reset, new ones and old ones; others pass. */
  refuse(refuses: (source: string) => boolean): void {
    this.#refuses = refuses;
    for (const connection of [...this.#connections]) {
      if (connection.source !== undefined && refuses(connection.source)) connection.reset();
    }
  }

  /** Decides for connections one by one while the state is `pass`. */
  judgeBy(judge: ConnectionJudge): void {
    this.#judge = judge;
  }

  async close(): Promise<void> {
    this.set('reset');
    this.server.close();
    await once(this.server, 'close');
  }

  #join(client: Socket): void {
    if (this.#state === 'reset') {
      client.destroy();
      return;
    }
    const server = connect(this.target);
    const [there, back] = [new Pipe(this, server), new Pipe(this, client)];
    const connection: Connection = {
      pipes: [there, back],
      source: undefined,
      reset: () => {
        this.#connections.delete(connection);
        connection.pipes.forEach((pipe) => pipe.close());
        client.destroy();
        server.destroy();
      },
    };
    this.#connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', connection.reset);
      socket.on('close', connection.reset);
    }
    let fate: ConnectionState = 'pass';
    const state = (): ProxyState => (this.#state === 'pass' ? fate : this.#state);
    client.on('data', (bytes: Buffer) => {
      connection.source ??= this.sourceOf(bytes);
      if (state() === 'pass') fate = this.#judge(bytes);
      const refused = connection.source !== undefined && this.#refuses(connection.source);
      if (refused || state() === 'cut-on-request') connection.reset();
      else there.take(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (state() === 'cut-on-answer') connection.reset();
      else if (state() !== 'swallow') back.take(bytes);
    });
  }
}
