import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const PRODUCE = 0;
const LIST_OFFSETS = 2;
const METADATA = 3;
const API_VERSIONS = 18;
const OFFSET_FETCH = 9;
const FIND_COORDINATOR = 10;
const JOIN_GROUP = 11;
const HEARTBEAT = 12;
const LEAVE_GROUP = 13;
const SYNC_GROUP = 14;
const INIT_PRODUCER_ID = 22;
/** The highest version of each request that the brokers have. */
const VERSIONS: Readonly<Record<number, number>> = {
  [PRODUCE]: 3,
  [LIST_OFFSETS]: 1,
  [METADATA]: 1,
  [API_VERSIONS]: 0,
  [INIT_PRODUCER_ID]: 0,
  [OFFSET_FETCH]: 1,
  [FIND_COORDINATOR]: 0,
  [JOIN_GROUP]: 0,
  [HEARTBEAT]: 0,
  [LEAVE_GROUP]: 0,
  [SYNC_GROUP]: 0,
};
const OUT_OF_ORDER_SEQUENCE = 45;
const LEADER_NOT_AVAILABLE = 5;
export const NOT_LEADER = 6;
export const NOT_ENOUGH_REPLICAS = 19;

const int8 = (value: number): Buffer => Buffer.from([value]);
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const list = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);

/** Reads a request from its beginning on. */
class Reader {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}
  int16 = (): number => this.bytes.readInt16BE(this.#move(2));
  int32 = (): number => this.bytes.readInt32BE(this.#move(4));
  int64 = (): bigint => this.bytes.readBigInt64BE(this.#move(8));
  take(length: number): Buffer {
    const at = this.#move(Math.max(0, length));
    return this.bytes.subarray(at, this.#at);
  }
  text = (): string => this.take(this.int16()).toString();
  list = <T>(item: () => T): T[] => Array.from({ length: this.int32() }, item);
  #move(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

/** What a broker that coordinates a group does with a request of a member: an error's code, 0 for none, or to hang up. */
export type GroupReaction = number | 'hang up';

/** What a partition is asked to take in one request, and at which broker. */
export interface Produced {
  readonly broker: number;
  readonly partition: number;
  /** The record batch as it is on the wire. */
  readonly records: Buffer;
}

/** What a broker does with a partition's part of a Produce request: an error's code, or not to answer at all. */
export type Reaction = number | 'silence' | 'append' | 'append in silence';

/** Brokers that know just enough of Kafka's protocol to lead partitions of one topic, and do as a test says. */
export class ScriptedBrokers {
  /** By partition, the broker that leads it. */
  readonly leaders: number[];
  /** By partition, the record batches that it has taken. */
  readonly logs: { readonly broker: number; readonly records: Buffer }[][];
  readonly #ends: number[];
  readonly #sequences: Map<string, number> = new Map();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** By broker that thinks otherwise: the leaders that it names, and where its partitions end. */
  readonly views = new Map<number, { readonly leaders: readonly number[]; readonly ends: readonly number[] }>();
  /** The copies of each partition; defaults to its leader's alone. */
  replicas: readonly number[] | undefined;
  /** Brokers that answer nothing. */
  readonly silent = new Set<number>();
  /** How many requests for metadata are answered yet as if no partition had a leader. */
  leaderless = 0;
  /** Decides over each request of the members of a group, which has at most one. */
  reactToMember: (request: 'join' | 'sync' | 'heartbeat') => GroupReaction = () => 0;
  /** Decides over each part of a request to a partition's leader. */
  react: (produced: Produced) => Reaction = () => 'append';

  private constructor(
    readonly topic: string,
    leaders: readonly number[],
  ) {
    this.leaders = [...leaders];
    this.logs = leaders.map(() => []);
    this.#ends = leaders.map(() => 0);
  }

  static async open(topic: string, leaders: readonly number[]): Promise<ScriptedBrokers> {
    const brokers = new ScriptedBrokers(topic, leaders);
    for (let id = 0; id <= Math.max(...leaders); id += 1) {
      const server = createServer((socket) => brokers.#serve(id, socket));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      brokers.#servers.push(server);
    }
    return brokers;
  }

  get addresses(): string[] {
    return this.#servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** All connections are cut, and no broker listens any more. */
  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(broker: number, socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0);
        this.#answer(broker, socket, received.subarray(4, end));
        received = received.subarray(end);
      }
    });
  }

  #answer(broker: number, socket: Socket, request: Buffer): void {
    const reader = new Reader(request);
    const [api] = [reader.int16(), reader.int16()];
    const correlation = reader.int32();
    reader.text();
    if (this.silent.has(broker)) return;
    const body = this.#groupBodyOf(api, broker, reader, socket) ?? this.#bodyOf(api, broker, reader);
    if (body !== undefined) socket.write(Buffer.concat([int32(body.length + 4), int32(correlation), body]));
  }

  #bodyOf(api: number, broker: number, reader: Reader): Buffer | undefined {
    if (api === METADATA) return this.#metadata(broker);
    if (api === LIST_OFFSETS) return this.#listOffsets(broker, reader);
    if (api === INIT_PRODUCER_ID) return Buffer.concat([int32(0), int16(0), int64(7n), int16(0)]);
    if (api === PRODUCE) return this.#produce(broker, reader);
    const versions = Object.entries(VERSIONS).map(([key, max]) =>
      Buffer.concat([int16(Number(key)), int16(0), int16(max)]),
    );
    return Buffer.concat([int16(0), list(versions)]);
  }

  #groupBodyOf(api: number, broker: number, reader: Reader, socket: Socket): Buffer | undefined {
    if (api === FIND_COORDINATOR) {
      const { port } = this.#servers[broker]?.address() as AddressInfo;
      return Buffer.concat([int16(0), int32(broker), text('127.0.0.1'), int32(port)]);
    }
    if (api === OFFSET_FETCH) return list([]);
    if (api === LEAVE_GROUP) return int16(0);
    const request = ({ [JOIN_GROUP]: 'join', [SYNC_GROUP]: 'sync', [HEARTBEAT]: 'heartbeat' } as const)[api];
    if (request === undefined) return undefined;
    const reaction = this.reactToMember(request);
    if (reaction === 'hang up') return void socket.destroy();
    const code = int16(reaction);
    if (request === 'heartbeat') return code;
    return Buffer.concat([code, request === 'join' ? joined(reader) : synchronised(reader)]);
  }

  #metadata(broker: number): Buffer {
    const brokers = this.#servers.map((server, id) => {
      const { port } = server.address() as AddressInfo;
      return Buffer.concat([int32(id), text('127.0.0.1'), int32(port), int16(-1)]);
    });
    const code = this.leaderless > 0 ? LEADER_NOT_AVAILABLE : 0;
    this.leaderless -= 1;
    const leaders = this.views.get(broker)?.leaders ?? this.leaders;
    const partitions = leaders.map((leader, id) => {
      const replicas = list((this.replicas ?? [leader]).map(int32));
      return Buffer.concat([int16(code), int32(id), int32(leader), replicas, replicas]);
    });
    const topic = Buffer.concat([int16(0), text(this.topic), int8(0), list(partitions)]);
    return Buffer.concat([list(brokers), int32(0), list([topic])]);
  }

  #listOffsets(broker: number, reader: Reader): Buffer {
    reader.int32();
    const view = this.views.get(broker);
    const topics = reader.list(() => {
      const name = reader.text();
      const partitions = reader.list(() => {
        const partition = reader.int32();
        reader.int64();
        const isLeader = (view?.leaders ?? this.leaders)[partition] === broker;
        const end = (view?.ends ?? this.#ends)[partition] ?? 0;
        return Buffer.concat([int32(partition), int16(isLeader ? 0 : NOT_LEADER), int64(-1n), int64(BigInt(end))]);
      });
      return Buffer.concat([text(name), list(partitions)]);
    });
    return list(topics);
  }

  #produce(broker: number, reader: Reader): Buffer | undefined {
    reader.take(reader.int16());
    reader.int16();
    reader.int32();
    let silent = false;
    const topics = reader.list(() => {
      const name = reader.text();
      const partitions = reader.list(() => {
        const partition = reader.int32();
        const records = reader.take(reader.int32());
        const led = this.leaders[partition] === broker;
        const reaction = led ? this.react({ broker, partition, records }) : NOT_LEADER;
        if (reaction === 'silence' || reaction === 'append in silence') silent = true;
        const appends = reaction === 'append' || reaction === 'append in silence';
        const code = appends ? this.#append(broker, partition, records) : Number(reaction) || 0;
        const offset = BigInt((this.#ends[partition] ?? 0) - countOf(records));
        return Buffer.concat([int32(partition), int16(code), int64(offset), int64(-1n)]);
      });
      return Buffer.concat([text(name), list(partitions)]);
    });
    return silent ? undefined : Buffer.concat([list(topics), int32(0)]);
  }

  /** An error's code, or 0. A batch that was taken before is not taken again. */
  #append(broker: number, partition: number, records: Buffer): number {
    const first = records.readInt32BE(FIRST_SEQUENCE_AT);
    const key = String(partition);
    const next = this.#sequences.get(key) ?? 0;
    if (first + countOf(records) === next && next > 0) return 0;
    if (first !== next) return OUT_OF_ORDER_SEQUENCE;
    this.#sequences.set(key, next + countOf(records));
    this.#ends[partition] = (this.#ends[partition] ?? 0) + countOf(records);
    this.logs[partition]?.push({ broker, records: Buffer.from(records) });
    return 0;
  }
}

const MEMBER = 'm';

/** To be the leader of the first generation, and its only member. */
const joined = (reader: Reader): Buffer => {
  reader.text();
  reader.int32();
  reader.text();
  reader.text();
  const [protocol] = reader.list(() => ({ name: reader.text(), metadata: reader.take(reader.int32()) }));
  const { name, metadata } = protocol ?? { name: '', metadata: Buffer.alloc(0) };
  const members = list([Buffer.concat([text(MEMBER), int32(metadata.length), metadata])]);
  return Buffer.concat([int32(1), text(name), text(MEMBER), text(MEMBER), members]);
};

/** What it has assigned to itself. */
const synchronised = (reader: Reader): Buffer => {
  reader.text();
  reader.int32();
  reader.text();
  const [assignment = Buffer.alloc(0)] = reader.list(() => {
    reader.text();
    return reader.take(reader.int32());
  });
  return Buffer.concat([int32(assignment.length), assignment]);
};

/** Where a record batch of version 2 says the sequence number of its first record, and how many there are. */
const FIRST_SEQUENCE_AT = 53;
const COUNT_AT = 57;

const countOf = (records: Buffer): number => records.readInt32BE(COUNT_AT);
