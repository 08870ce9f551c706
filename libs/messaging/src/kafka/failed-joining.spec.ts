import { connectKafka, PATIENT } from './connection.js';
import { KafkaShardGroup } from './kafka-shard-group.js';
import { ScriptedBrokers, type GroupReaction } from './scripted-brokers.fixture.js';

const LOAD_IN_PROGRESS = 14;
const ILLEGAL_GENERATION = 22;
const UNKNOWN_MEMBER = 25;

jest.setTimeout(60_000);

/** A coordinator of the group that sends the member away once it has joined, and whose answers to what follows are given. */
const coordinator = async (away: number, answers: Partial<Record<'join' | 'sync', readonly GroupReaction[]>>) => {
  const brokers = await ScriptedBrokers.open('log', [0, 0]);
  const left = { join: [0, ...(answers.join ?? [])], sync: [0, ...(answers.sync ?? [])], heartbeat: [away] };
  brokers.reactToMember = (request) => left[request].shift() ?? 0;
  return brokers;
};

describe('a member that fails to join again', () => {
  it.each<[string, number, Partial<Record<'join' | 'sync', readonly GroupReaction[]>>]>([
    [
      'because the coordinator of the group has forgotten it and is loading',
      UNKNOWN_MEMBER,
      { join: [LOAD_IN_PROGRESS] },
    ],
    ['because the coordinator of the group is loading', ILLEGAL_GENERATION, { join: [LOAD_IN_PROGRESS] }],
    ['for want of a connection', UNKNOWN_MEMBER, { join: ['hang up'] }],
    ['because it is not heard what it is assigned', ILLEGAL_GENERATION, { sync: ['hang up'] }],
    ['several times', UNKNOWN_MEMBER, { join: [LOAD_IN_PROGRESS, 'hang up', LOAD_IN_PROGRESS], sync: ['hang up'] }],
  ])('%s, tries until it has', async (_, away, answers) => {
    const brokers = await coordinator(away, answers);
    const configuration = { brokers: brokers.addresses, topic: {} };
    const group = new KafkaShardGroup({
      kafka: connectKafka(configuration, () => undefined, PATIENT),
      topic: 'log',
      group: 'coordinators',
    });
    const { promise: assignedAgain, resolve } = Promise.withResolvers<void>();
    const assigned: (readonly number[])[] = [];
    try {
      await group.start({
        assigned: (shards) => {
          assigned.push([...shards].toSorted());
          if (assigned.length === 2) resolve();
        },
      });
      await Promise.race([assignedAgain, new Promise((r) => setTimeout(r, 8000))]);
      expect(assigned).toEqual([
        [0, 1],
        [0, 1],
      ]);
    } finally {
      await group.close();
      brokers.close();
    }
  });
});
