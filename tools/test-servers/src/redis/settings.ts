import { createHash } from 'node:crypto';
import { join } from 'node:path';

export const USERS = { coffer: 'coffer', admin: 'admin' };

/** What Coffer's account may do and no more: docs/operations/coherence.md says the same. */
const COFFER_MAY = [
  '~coffer:*',
  '&coffer:*',
  '-@all',
  '+@connection',
  '+eval',
  '+evalsha',
  ...['+get', '+set', '+del', '+unlink', '+getrange'],
  ...['+publish', '+subscribe', '+unsubscribe'],
  ...['+cluster|slots', '+cluster|shards', '+cluster|nodes', '+cluster|info', '+info'],
].join(' ');

/** The configuration file of one node. */
export function settings({
  port,
  dir,
  password,
  bind = '127.0.0.1',
  tls,
  bus,
}: {
  port: number;
  dir: string;
  password: string;
  bind?: string;
  tls?: { ca: string; certificate: string; key: string };
  bus?: number;
}) {
  const hash = createHash('sha256').update(password).digest('hex');
  const lines = [
    `bind ${bind}`,
    'protected-mode no',
    `dir ${dir}`,
    `dbfilename ${port}.rdb`,
    'save ""',
    'appendonly no',
    'set-proc-title no',
    'daemonize no',
    'user default off',
    `user ${USERS.admin} on #${hash} ~* &* +@all`,
    `user ${USERS.coffer} on #${hash} ${COFFER_MAY}`,
    ...(tls
      ? [
          'port 0',
          `tls-port ${port}`,
          `tls-cert-file ${tls.certificate}`,
          `tls-key-file ${tls.key}`,
          `tls-ca-cert-file ${tls.ca}`,
          'tls-auth-clients no',
        ]
      : [`port ${port}`]),
    ...(bus
      ? [
          'cluster-enabled yes',
          `cluster-port ${bus}`,
          `cluster-config-file ${join(dir, `${port}.nodes`)}`,
          'cluster-announce-ip 127.0.0.1',
          'cluster-node-timeout 2000',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
