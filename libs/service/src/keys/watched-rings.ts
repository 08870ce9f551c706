import type { Stores } from '@coffer/backend-registry';
import { storeSettings } from '@coffer/backend-registry';
import type { Configuration } from '@coffer/config';
import type { KeyRing, KeySource } from '@coffer/crypto';
import type { WatchedRing } from './key-ring-watch.js';

/** The ring of everything that is sealed under `coffer.encryption`. `confirm` lets in whom the new keys let in. */
export const messageRing = (
  ring: KeyRing,
  confirm: (configuration: Configuration) => void,
  keysOf: (configuration: Configuration) => readonly KeySource[] | undefined = ({ encryption }) => encryption?.keys,
): WatchedRing => ({ name: 'coffer.encryption', ring, keysOf, confirm });

/** A database's own `secret` may be short, as Kestra takes it. */
const ANY_LENGTH = { minSecretLength: 1 };

/** The rings of stores that seal under keys of their own. */
export const storeRings = (stores: Pick<Stores, 'all'>, messages: KeyRing): WatchedRing[] =>
  stores.all().flatMap(({ name, backend: { sealed } }): WatchedRing[] => {
    if (sealed === undefined || sealed.ring === messages) return [];
    const keysOf = (configuration: Configuration): readonly KeySource[] | undefined => {
      const settings = storeSettings(configuration, name);
      return settings !== undefined && 'keys' in settings ? settings.keys : undefined;
    };
    return [{ name, ring: sealed.ring, keysOf, derive: ANY_LENGTH }];
  });
