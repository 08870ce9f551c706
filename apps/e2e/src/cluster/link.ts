import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `cut`: connections are reset, new and old. `hold`: nothing arrives; what was sent meanwhile does once it flows again. */
export type LinkState = 'flow' | 'cut' | 'hold';

interface Parcel {
  readonly due: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: bytes arrive in their order, each after the delay that was in force when it came. */
class Pipe {
  readonly #parcels: Parcel[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly link: Link,
    private readonly to: Socket,
  ) {}

  take(bytes: Buffer): void {
    if (this.#parcels.length === 0 && this.link.state === 'flow' && this.link.delay === 0) {
      this.to.write(bytes);
      return;
    }
    this.#parcels.push({ due: performance.now() + this.link.delay, bytes });
    this.pump();
  }

  pump(): void {
    clearTimeout(this.#timer);
    while (this.link.state === 'flow') {
      const [first] = this.#parcels;
      if (first === undefined) return;
      const wait = first.due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), wait);
        return;
      }
      this.#parcels.shift();
      this.to.write(first.bytes);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#parcels.length = 0;
  }
}

/** Names who is at the other end of a connection by the first bytes that it sends. */
export type SourceOf = (first: Buffer) => string | undefined;

interface Connection {
  readonly pipes: readonly Pipe[];
  /** Known once it has sent something. */
  source: string | undefined;
  cut(): void;
}

/** A TCP connection's way between one process and a server, on 127.0.0.1: it can be cut, held up and slowed. */
export class Link {
  #state: LinkState = 'flow';
  #delay = 0;
  readonly #connections = new Set<Connection>();
  #refuses: (source: string) => boolean = () => false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    private readonly sourceOf: SourceOf,
  ) {}

  /** `target`: a port; need not be there yet. `sourceOf`: needed to refuse some sources only. */
  static async to(target: number, sourceOf: SourceOf = () => undefined): Promise<Link> {
    const server = createServer();
    const link = new Link(server, target, sourceOf);
    server.on('connection', (client) => link.#join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Each way, in milliseconds. */
  get delay(): number {
    return this.#delay;
  }

  set(state: LinkState, delay = 0): void {
    this.#state = state;
    this.#delay = delay;
    for (const connection of [...this.#connections]) {
      if (state === 'cut') connection.cut();
      else connection.pipes.forEach((pipe) => pipe.pump());
    }
  }

  /** From now on connections of these sources are cut, new ones and old ones; others flow. */
  refuse(refuses: (source: string) => boolean): void {
    this.#refuses = refuses;
    for (const connection of [...this.#connections]) {
      if (connection.source !== undefined && refuses(connection.source)) connection.cut();
    }
  }

  async close(): Promise<void> {
    this.set('cut');
    this.server.close();
    await once(this.server, 'close');
  }

  #join(client: Socket): void {
    if (this.#state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(this.target, '127.0.0.1');
    const [there, back] = [new Pipe(this, server), new Pipe(this, client)];
    const connection: Connection = {
      pipes: [there, back],
      source: undefined,
      cut: () => {
        this.#connections.delete(connection);
        connection.pipes.forEach((pipe) => pipe.close());
        client.destroy();
        server.destroy();
      },
    };
    this.#connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', connection.cut);
      socket.on('close', connection.cut);
    }
    client.on('data', (bytes: Buffer) => {
      connection.source ??= this.sourceOf(bytes);
      if (connection.source !== undefined && this.#refuses(connection.source)) connection.cut();
      else there.take(bytes);
    });
    server.on('data', (bytes: Buffer) => back.take(bytes));
  }
}
