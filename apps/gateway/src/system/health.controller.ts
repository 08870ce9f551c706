import type { Principal } from '@coffer/access';
import { Metrics } from '@coffer/observability';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { HealthService, type HealthState } from './health.service.js';
import { shownDetails } from './health-details.js';
import { live, metrics, readyReads, readyWrites } from './system.endpoints.js';

const answer = ({ ok, details: all }: HealthState, principal?: Principal): Answer<typeof live> => {
  const details = shownDetails(all, principal);
  return {
    status: ok ? 200 : 503,
    headers: { 'cache-control': 'no-store', ...(ok ? {} : { 'retry-after': '1' }) },
    body: { status: ok ? 'ok' : 'unavailable', ...(details === undefined ? {} : { details: { ...details } }) },
  };
};

/** Serves what orchestrators and Prometheus ask for. */
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthService) private readonly health: HealthService,
    @Inject(Metrics) private readonly metricsRegistry: Metrics,
  ) {}

  @Endpoint(live)
  async live(_call: Call<typeof live>): Promise<Answer<typeof live>> {
    return answer(this.health.live());
  }

  @Endpoint(readyReads)
  async readyReads({ principal }: Call<typeof readyReads>): Promise<Answer<typeof readyReads>> {
    return answer(this.health.readyReads(), principal);
  }

  @Endpoint(readyWrites)
  async readyWrites({ principal }: Call<typeof readyWrites>): Promise<Answer<typeof readyWrites>> {
    return answer(this.health.readyWrites(), principal);
  }

  @Endpoint(metrics)
  async metrics(_call: Call<typeof metrics>): Promise<Answer<typeof metrics>> {
    const { contentType } = this.metricsRegistry;
    return { status: 200, headers: { 'content-type': contentType }, body: await this.metricsRegistry.text() };
  }
}
