import type { VaultApiConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { VAULT_API, VERSION } from '../process/tokens.js';
import { HealthService } from '../system/health.service.js';
import { answerOf, NO_STORE, timeText } from './answers.js';
import { health, init, leader, listMounts, readMount, sealStatus } from './system.endpoints.js';

const CLUSTER = 'coffer';

const MOUNT = {
  accessor: '',
  config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
  description: 'Coffer',
  external_entropy_access: false,
  local: false,
  options: { version: '2' },
  plugin_version: '',
  seal_wrap: false,
  type: 'kv',
  uuid: '',
} as const;

/** What Vault's clients ask before they ask for secrets. */
@Controller()
export class VaultSystemController {
  constructor(
    @Inject(VAULT_API) private readonly settings: Pick<VaultApiConfiguration, 'mount'>,
    @Inject(HealthService) private readonly health: Pick<HealthService, 'readyReads'>,
    @Inject(VERSION) private readonly version: string,
  ) {}

  @Endpoint(health)
  async readHealth(_call: Call<typeof health>): Promise<Answer<typeof health>> {
    return {
      status: this.health.readyReads().ok ? 200 : 503,
      headers: NO_STORE,
      body: {
        initialized: true,
        sealed: false,
        standby: false,
        performance_standby: false,
        replication_performance_mode: 'disabled',
        replication_dr_mode: 'disabled',
        server_time_utc: Math.floor(Date.now() / 1_000),
        version: this.version,
        enterprise: false,
        cluster_name: CLUSTER,
        cluster_id: '',
      },
    };
  }

  @Endpoint(init)
  async readInit(_call: Call<typeof init>): Promise<Answer<typeof init>> {
    return { status: 200, headers: NO_STORE, body: { initialized: true } };
  }

  @Endpoint(sealStatus)
  async readSealStatus(_call: Call<typeof sealStatus>): Promise<Answer<typeof sealStatus>> {
    return {
      status: 200,
      headers: NO_STORE,
      body: {
        ...{ type: 'coffer', initialized: true, sealed: false, t: 0, n: 0, progress: 0, nonce: '' },
        ...{ version: this.version, build_date: '', migration: false, cluster_name: CLUSTER, cluster_id: '' },
        ...{ recovery_seal: false, storage_type: 'coffer' },
      },
    };
  }

  @Endpoint(leader)
  async readLeader(_call: Call<typeof leader>): Promise<Answer<typeof leader>> {
    return {
      status: 200,
      headers: NO_STORE,
      body: {
        ...{ ha_enabled: false, is_self: false, active_time: timeText(undefined), leader_address: '' },
        ...{ leader_cluster_address: '', performance_standby: false, performance_standby_last_remote_wal: 0 },
      },
    };
  }

  @Endpoint(listMounts)
  async list({ requestId }: Call<typeof listMounts>): Promise<Answer<typeof listMounts>> {
    const secret = { [`${this.settings.mount}/`]: MOUNT };
    return { status: 200, headers: NO_STORE, body: answerOf(requestId, { auth: {}, secret }, null, '') };
  }

  @Endpoint(readMount)
  async read({ requestId, path }: Call<typeof readMount>): Promise<Answer<typeof readMount>> {
    const { mount } = this.settings;
    if (path !== mount && !path.startsWith(`${mount}/`)) {
      throw new CofferError('forbidden', `preflight capability check returned 403: the only engine is at ${mount}/`);
    }
    return { status: 200, headers: NO_STORE, body: answerOf(requestId, { ...MOUNT, path: `${mount}/` }, null, '') };
  }
}
