import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '@coffer/backend-conformance/certificates';
import { spirePrograms } from '@coffer/test-servers/spire';
import { until } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { SpireProcess } from './spire-process.js';
import type { SpireServer } from './spire-server.js';

const JWT = /ey[\w-]+\.[\w-]+\.[\w-]+/;

/** An agent of a SPIRE server on this machine. It gives a SPIFFE id to every process of this user. */
export class SpireAgent {
  private constructor(private readonly agent: SpireProcess) {}

  /** `path`: of the SPIFFE id of this user's processes. */
  static async start(server: SpireServer, path: string): Promise<SpireAgent> {
    const { agent: program } = await spirePrograms(printError);
    const own = server.id('agent');
    const [, token = ''] = /Token: (\S+)/.exec(await server.command('token', 'generate', '-spiffeID', own)) ?? [];
    const selector = `unix:uid:${process.getuid?.()}`;
    await server.command('entry', 'create', '-parentID', own, '-spiffeID', server.id(path), '-selector', selector);
    const agent = await SpireProcess.start(
      program,
      async ({ folder, socket }) => {
        const bundle = join(folder, 'bootstrap.pem');
        writeFileSync(bundle, await server.bundle('pem'));
        mkdirSync(join(folder, 'data'));
        return `agent {
          server_address = "127.0.0.1" server_port = "${server.port}" trust_domain = "${server.trustDomain}"
          trust_bundle_path = "${bundle}" join_token = "${token}" socket_path = "${socket}" data_dir = "${join(folder, 'data')}"
        }
        plugins {
          NodeAttestor "join_token" { plugin_data {} }
          KeyManager "memory" { plugin_data {} }
          WorkloadAttestor "unix" { plugin_data {} }
        }`;
      },
      writeFileSync,
    );
    return new SpireAgent(agent);
  }

  /** Waits until the agent has heard of the workload. */
  jwtSvid(audience: string): Promise<string> {
    return until('the agent gives a JWT-SVID', async () => {
      const printed = await this.agent.command('api', 'fetch', 'jwt', '-audience', audience).catch(() => '');
      return JWT.exec(printed)?.[0];
    });
  }

  async x509Svid(): Promise<Certificate> {
    const folder = join(this.agent.folder, 'svid');
    mkdirSync(folder, { recursive: true });
    await until('the agent gives an X.509-SVID', () =>
      this.agent.command('api', 'fetch', 'x509', '-write', folder).then(
        () => true,
        () => false,
      ),
    );
    return { certFile: join(folder, 'svid.0.pem'), keyFile: join(folder, 'svid.0.key') };
  }

  stop(): Promise<void> {
    return this.agent.stop();
  }
}
