import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { flag } from '../http/request/flag.js';

/** What the position of a log of 1,000 shards, which are the most, may take up. */
const MAX_POSITION_CHARS = 16_000;

const position = z.string().max(MAX_POSITION_CHARS).optional();

export const watchEvents = endpoint({
  id: 'watchEvents',
  face: 'coffer',
  method: 'GET',
  path: '/events',
  access: { inTenant: ['list'] },
  audit: { action: 'events.watch', required: true },
  summary: 'A stream of what changes, as server-sent events',
  description:
    'Events of the namespaces that the caller may list: `change`, `delete`, `drift` and `resync`, with path and version, never a value; ' +
    '`writing`, `cleared` and `settled` are hints without an `id`, and so are `stale` and `fresh`: the log is out of reach, and back. The first is `ready`, the last, if there is one, `end` with a reason: `slow`, ' +
    '`revoked` or `closing`. docs/events.md says what each promises.',
  query: z.strictObject({
    namespace: z.string().optional().meta({ description: 'Defaults to every namespace.' }),
    children: flag(true, 'Whether those below `namespace` are watched as well.'),
    since: position.meta({ description: 'The `id` of an earlier event: begin after it. Defaults to now.' }),
  }),
  headers: z.object({ 'last-event-id': position.meta({ description: 'As `since`, and wins over it.' }) }),
  answers: { 200: { description: 'The stream.', body: z.unknown(), types: ['text/event-stream'] } },
  errors: ['overloaded', 'rate-limited', 'audit-unavailable'],
});
