import { createHmac } from 'node:crypto';
import type { WebhookConfiguration } from '@coffer/config';
import type { SettingDigests } from '@coffer/messaging';

/** Enough to tell settings apart, by accident or mistake. */
const DIGEST_BYTES = 9;

/** What a gateway's settings are compared by. Under the key of the webhook: they say nothing to whoever does not have it. */
export const settingDigests = ({ id: _, secret, ...settings }: WebhookConfiguration): SettingDigests => {
  const digestOf = (name: string, value: unknown): string =>
    createHmac('sha256', secret.reveal())
      .update(JSON.stringify([name, value]))
      .digest()
      .toString('base64url', 0, DIGEST_BYTES);
  const types = settings.types.toSorted();
  const named = Object.entries({ ca: undefined, ...settings, types, secret: '' });
  return Object.fromEntries(named.map(([name, value]) => [name, digestOf(name, value ?? null)]));
};

/** The settings that differ, as the configuration calls them. Where keys do, nothing else can be compared. */
export const differingSettings = (names: readonly string[]): readonly string[] =>
  names.includes('secret') ? ['secret'] : names.map((name) => name.replace(/Ms$/, ''));
