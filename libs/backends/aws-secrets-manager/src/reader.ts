import type { StoredSecret } from '@coffer/backend-contract';
import { SecretValue, type SecretPath } from '@coffer/secrets';
import { failure } from './errors.js';
import { nameOf } from './layout.js';
import type { SecretListing } from './listing.js';
import { duplicatesError, type SecretLocator } from './locator.js';
import { hasIdentity, isLive, revisionOfState, type SecretState } from './secret-state.js';
import { isVendorError, type Content, type SecretsApi } from './client.js';
import { metadataOf } from './user-tags.js';
import { ownVersionOf } from './version-id.js';

/** Looks at value and state until they belong together. */
const MAX_ATTEMPTS = 5;

const textOf = ({ text, bytes }: Content): string => {
  if (text !== undefined) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw failure('corrupt', 'the secret holds bytes that are no text');
  }
};

const storedOf = (content: Content, state: SecretState): StoredSecret => {
  const own = ownVersionOf(content.versionId);
  return {
    value: new SecretValue(textOf(content)),
    metadata: metadataOf(state),
    version: content.versionId,
    revision: own?.revision ?? revisionOfState(state),
    ...(own === undefined ? {} : { fence: own.fence }),
  };
};

/** Reads a secret by the name that Coffer gives it, and else by its tags. */
export class SecretReader {
  constructor(
    private readonly api: SecretsApi,
    private readonly search: SecretLocator,
    private readonly listing: SecretListing,
    private readonly settings: { readonly prefix: string; readonly readOnly: boolean },
  ) {}

  async read(path: SecretPath, signal: AbortSignal): Promise<StoredSecret | undefined> {
    const identity = { prefix: this.settings.prefix, path };
    const name = nameOf(this.settings.prefix, path);
    const known = await this.#read(name, signal);
    const own = known !== undefined && hasIdentity(known.state, identity) ? known : undefined;
    if (own !== undefined && !this.listing.isAmbiguous(path)) return own.stored;
    const others = await this.search.byIdentity(identity, name, signal);
    const all = own === undefined ? others : [own.state, ...others];
    if (all.length > 1) throw duplicatesError(all);
    this.listing.settle(path);
    if (own !== undefined) return own.stored;
    const [other] = others;
    return other === undefined ? undefined : (await this.#read(other.name, signal))?.stored;
  }

  /** `undefined` where there is no live secret of that name. */
  async #read(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly stored: StoredSecret; readonly state: SecretState } | undefined> {
    for (let round = 1; ; round += 1) {
      const [content, state] = await Promise.all([this.#content(name, signal), this.#state(name, signal)]);
      if (content === undefined || state === undefined) return undefined;
      if (content === 'refused') {
        // Marked for deletion; or it was, a moment ago.
        if (!isLive(state)) return undefined;
        if (round >= MAX_ATTEMPTS) throw failure('conflict', 'the state of the secret does not allow to read it');
        continue;
      }
      if (ownVersionOf(content.versionId)?.kind === 'tombstone') return undefined;
      if (content.versionId === state.current || round >= MAX_ATTEMPTS)
        return { stored: storedOf(content, state), state };
    }
  }

  async #content(name: string, signal: AbortSignal): Promise<Content | 'refused' | undefined> {
    try {
      return await this.api.content(name, signal);
    } catch (error) {
      if (isVendorError(error, 'InvalidRequestException')) return 'refused';
      throw error;
    }
  }

  #state(name: string, signal: AbortSignal): Promise<SecretState | undefined> {
    return this.settings.readOnly ? this.search.byName(name, signal) : this.api.describe(name, signal);
  }
}
