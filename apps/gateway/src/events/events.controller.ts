import { may, mayWithin, visibleNamespace, type Principal } from '@coffer/access';
import { isWithinNamespace, parseNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { lacksPermission } from '../http/endpoint/authorize.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { watchEvents } from './events.endpoints.js';
import { EventHub } from './event-hub.js';
import type { Watcher } from './watcher.js';

/** How often it is looked whether a watcher's caller may still watch: access that was taken away ends within 2 s. */
const VERIFY_INTERVAL_MS = 500;
/** Heartbeats, counted in those. */
const VERIFICATIONS_PER_HEARTBEAT = 30;

type WatchCall = Call<typeof watchEvents>;

/** The change stream. */
@Controller()
export class EventsController {
  constructor(@Inject(EventHub) private readonly hub: EventHub) {}

  @Endpoint(watchEvents)
  watch(call: WatchCall): Answer<typeof watchEvents> {
    const { query, headers, tenant, principal } = call;
    const asked = query.namespace === undefined ? undefined : parseNamespace(query.namespace);
    const isAsked = (namespace: string): boolean =>
      asked === undefined || namespace === asked || (query.children && isWithinNamespace(namespace, asked));
    const visibleTo = (who: Principal) => {
      if (asked !== undefined && !(query.children ? mayWithin : may)(who, 'list', tenant, asked)) {
        throw lacksPermission('list', { tenant, namespace: asked }, query.children);
      }
      return visibleNamespace(who, 'list', tenant);
    };
    let visible = visibleTo(principal);
    const watcher = this.hub.watch(
      { tenant, caller: principal.id, sees: (namespace) => isAsked(namespace) && visible(namespace) },
      headers['last-event-id'] ?? query.since,
    );
    let grants = JSON.stringify(principal.grants);
    this.#look(watcher, call, (who) => {
      visible = visibleTo(who);
      const now = JSON.stringify(who.grants);
      if (now !== grants) this.hub.accessChanged(watcher);
      grants = now;
    });
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
      body: watcher.stream,
    };
  }

  /** Goes on for as long as the stream does. */
  #look(watcher: Watcher, { verify }: Pick<WatchCall, 'verify'>, allowed: (principal: Principal) => void): void {
    let looks = 0;
    const look = async (): Promise<void> => {
      try {
        allowed(await verify());
      } catch {
        watcher.end('revoked');
      }
      if (!watcher.open) return;
      looks += 1;
      if (looks % VERIFICATIONS_PER_HEARTBEAT === 0) this.hub.heartbeat(watcher);
      setTimeout(() => void look(), VERIFY_INTERVAL_MS).unref();
    };
    setTimeout(() => void look(), VERIFY_INTERVAL_MS).unref();
  }
}
