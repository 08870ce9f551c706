import { createHmac } from 'node:crypto';
import type { SecretValue } from '@coffer/secrets';

/**
 * The headers by which a receiver knows a delivery as Coffer's, in the form of Standard Webhooks 1.0: the HMAC-SHA256 of
 * `id.timestamp.body` under the webhook's key. `key` is its bytes in base64; `time` is in milliseconds since the Unix epoch.
 */
export const signatureHeaders = (
  key: SecretValue,
  { id, time, body }: { readonly id: string; readonly time: number; readonly body: string },
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(time / 1_000));
  const mac = createHmac('sha256', Buffer.from(key.reveal(), 'base64')).update(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac.digest('base64')}`,
  };
};
