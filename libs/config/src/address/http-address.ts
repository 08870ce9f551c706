import { isIPv6 } from 'node:net';
import { CofferError } from '@coffer/secrets';
import { z } from 'zod';
import { parseAddress, refuseAddress, showAddress, type Address } from './address.js';

/** What a base address of an HTTP API may be, beside a host. */
export interface HttpAddressRules {
  /** Default: both. */
  readonly schemes?: readonly ('http' | 'https')[];
  readonly example: string;
  /** Whether a path in front of the API's own, as of a reverse proxy, is used. */
  readonly path: boolean;
  /** Whether the host must be a name or an IPv4 address, for the service's client takes no other. */
  readonly withoutIPv6?: boolean;
  /** What Coffer adds by itself: `pattern` matches the end of a path that holds it already. */
  readonly ownPath?: { readonly name: string; readonly pattern: RegExp };
}

/**
 * An address that is asked for exactly as it is: to some servers a slash at its end, or a doubled one, makes another place. Throws
 * `configuration`.
 */
export const parseWholeAddress = (text: string, example: string): Address =>
  parseAddress(text, { schemes: ['https', 'http'], example, credentials: false, path: 'whole' });

/** The base address, without slashes at its end. Throws `configuration`. */
export const parseHttpAddress = (text: string, rules: HttpAddressRules): string => {
  const { schemes, example, path, ownPath } = rules;
  const address = parseAddress(text, {
    schemes: schemes ?? ['http', 'https'],
    example,
    credentials: false,
    path: true,
  });
  if (ownPath?.pattern.test(address.path)) {
    const right = `leave it out, as in ${example}`;
    throw refuseAddress(`ends in a path of the API itself (${ownPath.name}), which is added to the address: ${right}`);
  }
  if (rules.withoutIPv6 === true && isIPv6(address.host)) {
    throw refuseAddress('names its host by an IPv6 address, which the client of this service cannot use; give a name');
  }
  if (address.path !== '' && !path) {
    throw refuseAddress(`has a path behind its host; it must be an address such as ${example}`);
  }
  return showAddress(address);
};

/** A text of which `read` makes something, or throws `configuration` with what is wrong. */
export const addressText = <T>(type: string, read: (text: string) => T) =>
  z
    .string({ error: `must be ${type}` })
    .transform((text, context): T => {
      try {
        return read(text);
      } catch (error) {
        if (!CofferError.is(error, 'configuration')) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .meta({ type: type.replace(/^an? /, ''), form: 'address' });

/** A setting that holds the base address of an HTTP API. */
export const httpAddress = (rules: HttpAddressRules) =>
  addressText(`an address such as ${rules.example}`, (text) => parseHttpAddress(text, rules));
