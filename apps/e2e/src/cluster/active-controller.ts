import { once } from 'node:events';
import { connect } from 'node:net';

/** `DescribeQuorum` of Kafka's protocol (KIP-595), version 0; kafkajs does not have it. */
const DESCRIBE_QUORUM = 55;
const CLIENT_ID = 'coffer-e2e';
const TOPIC = '__cluster_metadata';
/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 5_000;

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
const NO_TAGS = Buffer.from([0]);
/** The length of a compact array or string, below 127. */
const compact = (length: number): Buffer => Buffer.from([length + 1]);

const request = (): Buffer => {
  const body = [compact(1), compact(TOPIC.length), Buffer.from(TOPIC), compact(1), int32(0), NO_TAGS, NO_TAGS, NO_TAGS];
  const header = [int16(DESCRIBE_QUORUM), int16(0), int32(1), int16(CLIENT_ID.length), Buffer.from(CLIENT_ID), NO_TAGS];
  const bytes = Buffer.concat([...header, ...body]);
  return Buffer.concat([int32(bytes.length), bytes]);
};

/** The leader in an answer without its length: correlation id, tags, error, then the one topic with its one partition. */
const leaderIn = (answer: Buffer): number => {
  const partition = 4 + 1 + 2 + 1 + 1 + TOPIC.length + 1;
  return answer.readInt32BE(partition + 4 + 2);
};

/** The id of the broker that is the active controller, as the broker at `address` (`host:port`) knows it. */
export const activeController = async (address: string): Promise<number> => {
  const { hostname, port } = new URL(`kafka://${address}`);
  const socket = connect({ host: hostname, port: Number(port), timeout: TIMEOUT_MS });
  socket.once('timeout', () => socket.destroy(new Error(`the broker at ${address} did not answer`)));
  try {
    await once(socket, 'connect');
    socket.write(request());
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) break;
    }
    return leaderIn(answer.subarray(4));
  } finally {
    socket.destroy();
  }
};
