import { AssignerProtocol, PartitionAssigners, type PartitionAssigner } from 'kafkajs';
import type { SettingDigests } from '../contract/log-subscription.js';

/** What a member says of its settings is no longer than this; anybody who may join the group can say anything. */
const MAX_SETTINGS_BYTES = 4_096;

const isDigests = (said: unknown): said is SettingDigests =>
  typeof said === 'object' && said !== null && Object.values(said).every((digest) => typeof digest === 'string');

/** `undefined` of a member that says nothing that can be understood, such as one of an earlier release. */
const settingsOf = (memberMetadata: Buffer): SettingDigests | undefined => {
  try {
    const { userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata) ?? {};
    if (userData === undefined || userData.length > MAX_SETTINGS_BYTES) return undefined;
    const said: unknown = JSON.parse(userData.toString());
    return isDigests(said) ? said : undefined;
  } catch {
    return undefined;
  }
};

/** The names of `own` under which any of the others says another digest, or none. */
const differing = (own: SettingDigests, others: readonly SettingDigests[]): readonly string[] =>
  Object.entries(own)
    .filter(([name, digest]) => others.some((other) => other[name] !== digest))
    .map(([name]) => name);

/**
 * The client's round robin, whose members tell the one that assigns how they are set up. Members without it are of the same
 * group. `differ` is called where this process assigns.
 */
export const comparingAssigner =
  (own: () => SettingDigests, differ: (names: readonly string[]) => void): PartitionAssigner =>
  (config) => {
    const roundRobin = PartitionAssigners.roundRobin(config);
    const { name, version } = roundRobin;
    return {
      ...{ name, version },
      protocol: ({ topics }) => ({
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({
          ...{ version, topics },
          userData: Buffer.from(JSON.stringify(own())),
        }),
      }),
      assign: (group) => {
        const said = group.members.map(({ memberMetadata }) => settingsOf(memberMetadata));
        differ(
          differing(
            own(),
            said.filter((each) => each !== undefined),
          ),
        );
        return roundRobin.assign(group);
      },
    };
  };
