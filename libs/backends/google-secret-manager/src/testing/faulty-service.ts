import { status } from '@grpc/grpc-js';
import { FaultyProxy, type FaultKind } from '@coffer/backend-conformance/faults';
import type { Endpoint } from '../connection.js';
import { GrpcProxy } from './grpc-proxy.js';

/** In front of the service, and decides of each call whether it meets a fault. A cut takes the whole connection along. */
export class FaultyService {
  private constructor(
    private readonly calls: GrpcProxy,
    private readonly wire: FaultyProxy,
  ) {}

  static async before(service: Endpoint, judge: () => FaultKind | 'pass'): Promise<FaultyService> {
    const calls = await GrpcProxy.to(service);
    const faulty = new FaultyService(calls, await FaultyProxy.to(calls.port));
    calls.verdict = () => faulty.#verdictOf(judge());
    return faulty;
  }

  get endpoint(): Endpoint {
    return { host: '127.0.0.1', port: this.wire.port, plaintext: true };
  }

  async close(): Promise<void> {
    await this.wire.close();
    this.calls.close();
  }

  #verdictOf(fault: FaultKind | 'pass'): ReturnType<GrpcProxy['verdict']> {
    switch (fault) {
      case 'pass':
        return undefined;
      case 'throttled':
        return { code: status.RESOURCE_EXHAUSTED, details: 'Quota exceeded.' };
      case 'server-error':
        return { code: status.INTERNAL, details: 'Internal error encountered.' };
      case 'cut-before':
        this.#cut();
        return { code: status.UNAVAILABLE, details: 'nobody hears this' };
      case 'cut-after':
        return { done: () => this.#cut() };
      case 'timeout-after':
        return { done: () => undefined };
    }
  }

  #cut(): void {
    this.wire.set('reset');
    this.wire.set('pass');
  }
}
