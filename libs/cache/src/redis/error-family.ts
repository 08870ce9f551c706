/** The family of an error of Redis: a closed set, without the command or the address. */
interface Family {
  /** What it means, and what would be right. */
  readonly advice: string;
  /** A new connection may reach another node, or be let in: after a failover, or once the account was mended. */
  readonly reconnect?: true;
}

const FAMILIES = {
  READONLY: {
    advice: 'the node is a replica; a new connection is made in case another one is the primary now',
    reconnect: true,
  },
  MASTERDOWN: {
    advice:
      'the node is a replica without its primary; a new connection is made in case another one is the primary now',
    reconnect: true,
  },
  NOREPLICAS: {
    advice:
      'the primary has too few replicas to take writes; a new connection is made in case another one is the primary now',
    reconnect: true,
  },
  UNBLOCKED: { advice: 'the node has become a replica; a new connection is made', reconnect: true },
  CLUSTERDOWN: { advice: 'the cluster does not serve all slots; a new connection is made', reconnect: true },
  LOADING: { advice: 'the node is reading its data after a start; it answers when it has' },
  MOVED: { advice: 'the address is a node of a cluster: set coffer.redis.cluster to true' },
  ASK: { advice: 'the address is a node of a cluster: set coffer.redis.cluster to true' },
  CROSSSLOT: { advice: 'the address is a node or a proxy of a cluster: set coffer.redis.cluster to true' },
  TRYAGAIN: { advice: 'slots of the cluster are being moved; it answers when they have been' },
  NOAUTH: { advice: 'a user and a password are needed: see coffer.redis.url', reconnect: true },
  WRONGPASS: { advice: 'the user or the password of coffer.redis.url is wrong, or the user is off', reconnect: true },
  NOPERM: {
    advice: 'the user of coffer.redis.url may not do this: docs/operations/coherence.md lists its permissions',
  },
  OOM: { advice: 'maxmemory is reached and nothing may be evicted: raise it, or set maxmemory-policy to allkeys-lru' },
  MISCONF: { advice: 'Redis cannot save its data and takes no writes: look at its disk, or switch saving off' },
  BUSY: { advice: 'a script of somebody runs for too long; it answers when that is over' },
  NOSCRIPT: { advice: 'Redis forgot a script; it is sent again' },
  EXECABORT: { advice: 'Redis gave a transaction up' },
  'max-clients': { advice: 'Redis has as many clients as maxclients allows', reconnect: true },
  'unknown-command': {
    advice:
      'Redis, or a proxy before it, does not know a command that is needed: SET, GET, DEL, EVAL, PUBLISH or SUBSCRIBE',
  },
  timeout: { advice: 'no answer in time' },
  connection: { advice: 'there is no connection' },
  other: { advice: 'see the log of Redis' },
} as const satisfies Readonly<Record<string, Family>>;

export type ErrorFamily = keyof typeof FAMILIES;

const isFamily = (word: string): word is ErrorFamily => Object.hasOwn(FAMILIES, word);

/** The family of whatever a call to Redis failed with. Errors within a script name theirs behind `ERR` in Redis 6. */
export const familyOf = (error: unknown): ErrorFamily => {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (message === 'late' || message === 'Command timed out' || message === 'connect ETIMEDOUT') return 'timeout';
  if (name !== 'ReplyError') return 'connection';
  if (/max number of clients/i.test(message)) return 'max-clients';
  if (/^ERR unknown (sub)?command/i.test(message)) return 'unknown-command';
  return message.split(/[^A-Z]+/).find(isFamily) ?? 'other';
};

/** What an operator should know of the family. */
export const adviceOf = (family: ErrorFamily): string => FAMILIES[family].advice;

/** Whether a new connection may mend it. */
export const mendsByReconnecting = (family: ErrorFamily): boolean => 'reconnect' in FAMILIES[family];
