import { which } from '../processes.ts';
import { USERS } from './settings.ts';

/**
 * Runs the nodes, joins them once (nodes that are started again know each other), and ends when all have. The nodes
 * die with the shell, however it dies.
 */
export function clusterScript({
  server,
  client,
  ports,
  files,
  password,
}: {
  server: string;
  client: string;
  ports: number[];
  files: string[];
  password: string;
}) {
  const setpriv = which('setpriv');
  const node = setpriv ? `${setpriv} --pdeathsig KILL -- ${server}` : server;
  const nodes = ports.map((port) => `127.0.0.1:${port}`).join(' ');
  return `export REDISCLI_AUTH=${password}
pids=
trap 'kill $pids; wait; exit 0' TERM
${files.map((file) => `${node} ${file} & pids="$pids $!"`).join('\n')}
for port in ${ports.join(' ')}; do
  until ${client} --user ${USERS.admin} -p $port ping; do sleep 0.1; done
done
${client} --user ${USERS.admin} --cluster create ${nodes} --cluster-yes
wait
`;
}
