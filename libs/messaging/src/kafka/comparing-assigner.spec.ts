import { AssignerProtocol, type Cluster, type GroupMember } from 'kafkajs';
import { comparingAssigner } from './comparing-assigner.js';

const OWN = { url: 'a', namespace: 'b' };

/** What is said by whoever assigns where the others say this of themselves. */
const differing = async (...others: (Buffer | object)[]): Promise<readonly string[]> => {
  const cluster = { findTopicPartitionMetadata: () => [{ partitionId: 0 }, { partitionId: 1 }] } as unknown as Cluster;
  let found: readonly string[] = [];
  const assigner = comparingAssigner(
    () => OWN,
    (names) => (found = names),
  )({ cluster, groupId: 'g', logger: undefined as never });
  const own = assigner.protocol({ topics: ['t'] });
  expect(own.name).toBe('RoundRobinAssigner');
  const metadataOf = (said: Buffer | object): Buffer =>
    AssignerProtocol.MemberMetadata.encode({
      ...{ version: 0, topics: ['t'] },
      userData: Buffer.isBuffer(said) ? said : Buffer.from(JSON.stringify(said)),
    });
  const members: GroupMember[] = [own.metadata, ...others.map(metadataOf)].map((memberMetadata, at) => ({
    memberId: `member-${at}`,
    memberMetadata,
  }));
  const assigned = await assigner.assign({ members, topics: ['t'] });
  const partitions = assigned.map(
    ({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment['t'],
  );
  expect(partitions.flat().toSorted()).toEqual([0, 1]);
  return found;
};

it('names the settings that members have not alike, and those that one does not know', async () => {
  expect(await differing()).toEqual([]);
  expect(await differing(OWN, { ...OWN, newer: 'c' })).toEqual([]);
  expect(await differing(OWN, { ...OWN, namespace: 'c' })).toEqual(['namespace']);
  expect(await differing({ url: 'a' }, { ...OWN, url: '' })).toEqual(['url', 'namespace']);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['what is no JSON', Buffer.from('{')],
  ['no object', Buffer.from('null')],
  ['other than texts', { url: 1 }],
  ['too much', { url: 'x'.repeat(4_096) }],
])('a member that says %s is compared with nobody', async (_, said) => {
  expect(await differing(said)).toEqual([]);
});
