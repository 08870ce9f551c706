import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { CofferError } from '@coffer/secrets';

/** An address that was read; nothing in it needs to be decoded or checked again. */
export interface Address {
  /** In lower case, without its colon. */
  readonly scheme: string;
  /** A name, or an IP address; one of IPv6 without its brackets. */
  readonly host: string;
  /** `undefined` where none is written. */
  readonly port: number | undefined;
  /** Decoded; empty texts are `undefined`. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /**
   * Empty, or begins with a slash. That of a base address has no empty parts, so that it does not end in a slash; any other is
   * as it was written. Percent-encoding stays.
   */
  readonly path: string;
}

/** What the address of one setting may consist of. */
export interface AddressForm {
  /** In lower case, without their colons. */
  readonly schemes: readonly string[];
  /** Shown in refusals. */
  readonly example: string;
  /** Whether a user's name and password may stand in it. */
  readonly credentials: boolean;
  /**
   * Whether a path may stand behind the host: of a base address, to which paths are added, or of a `whole` one, which is asked for
   * exactly as it is.
   */
  readonly path: boolean | 'whole';
}

/** Messages continue a sentence that begins with the setting's name, and quote nothing: an address may hold a password. */
export const refuseAddress = (text: string): CofferError => new CofferError('configuration', text);

const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;

const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u00a0\u200b\u2028\u2029\u2060\ufeff\\]/;
const AROUND = /^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** The longest name that DNS has, without a dot at its end. */
const MAX_HOST = 253;

/** Without blanks, line breaks, characters of no width and a byte order mark around: none of them is part of an address. */
export const withoutBlanksAround = (text: string): string => text.replace(AROUND, '');

/**
 * `text` without percent-encoding. `where` names the part in a refusal: of an escape that is none, and of one that stands for a
 * control character, such as the line break that `echo` puts behind a password.
 */
export const decodePart = (text: string, where: string): string => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw refuseAddress(`has a % in its ${where} that begins no escape; write % itself as %25`);
  }
  if (!CONTROL.test(decoded)) return decoded;
  throw refuseAddress(`has a line break or another control character in its ${where}, such as %0A: leave it out`);
};

/**
 * A host as it stands in an address: a name, an IPv4 address, or an IPv6 address in brackets, which are taken off. Throws
 * `configuration`.
 */
export const readHost = (text: string): string => {
  if (text === '') throw refuseAddress('names no host');
  const bracketed = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (bracketed !== undefined) {
    if (isIPv6(bracketed) && !bracketed.includes('%')) return bracketed;
    throw refuseAddress('has something else than an IPv6 address in its brackets');
  }
  if (isIPv6(text)) throw refuseAddress('has an IPv6 address without brackets; write it as [::1]');

  const name = /^[\u0000-\u007f]*$/.test(text) ? text : domainToASCII(text);
  const labels = name.replace(/\.$/, '').split('.');
  if (name.replace(/\.$/, '').length > MAX_HOST) throw refuseAddress(`has a host of more than ${MAX_HOST} characters`);
  if (labels.some((label) => !/^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label) || label.length > 63)) {
    throw refuseAddress('has a host that is neither a name nor an IP address');
  }
  // Resolvers take such a name for an address of some form, or ask a server for it.
  if (/^(0x[0-9a-f]*|\d+)$/i.test(labels.at(-1) ?? '') && !isIPv4(name)) {
    throw refuseAddress('has a host that looks like an IPv4 address and is none');
  }
  return name;
};

/** `HOST`, `HOST:PORT`, `[::1]` or `[::1]:PORT`. Throws `configuration`. */
export const readHostAndPort = (text: string): { readonly host: string; readonly port: number | undefined } => {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (/:.*:/.test(text) && /^[0-9a-f:.]+$/i.test(text)) {
    throw refuseAddress('has an IPv6 address without brackets; write it as [::1]:PORT');
  }
  const read = readHost(host);
  if (port === undefined || port === '') return { host: read, port: undefined };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) throw refuseAddress('has a port that is not a number from 1 to 65535');
  return { host: read, port: number };
};

const readUser = (userInfo: string): Pick<Address, 'username' | 'password'> => {
  const colon = userInfo.indexOf(':');
  const [name, password] = colon < 0 ? [userInfo, ''] : [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
  return {
    username: decodePart(name, 'user name or password') || undefined,
    password: decodePart(password, 'user name or password') || undefined,
  };
};

/** Slashes that are doubled, or stand at the end, mean nothing in a base address; in a whole one the server may tell them apart. */
const readPath = (text: string, isWhole: boolean): string => {
  const segments = text.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw refuseAddress('has . or .. in its path');
  }
  if (segments.some((segment) => !/^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$/.test(segment))) {
    throw refuseAddress('has a path with characters that must be percent-encoded');
  }
  if (segments.some((segment) => /%(?:[01][0-9A-Fa-f]|7[Ff])/.test(segment))) {
    throw refuseAddress('has a line break or another control character in its path, such as %0A');
  }
  if (isWhole) return text;
  return segments.map((segment) => `/${segment}`).join('');
};

/**
 * The only reader of addresses in the configuration. Blanks and line breaks around the text are not part of it. Throws
 * `configuration` for whatever is not exactly an address of the form; the message continues a sentence about the setting
 * and quotes nothing.
 */
export const parseAddress = (text: string, form: AddressForm): Address => {
  const { schemes, example, credentials } = form;
  const address = withoutBlanksAround(text);
  const right = `; it must be an address such as ${example}`;
  const [, scheme = '', authority = '', path = '', query, fragment] = PARTS.exec(address) ?? [];
  if (!schemes.includes(scheme.toLowerCase())) {
    throw refuseAddress(`must begin with ${schemes.map((each) => `${each}://`).join(' or ')}${right}`);
  }
  if (UNPRINTABLE.test(address)) throw refuseAddress(`has a blank, a line break or a backslash within${right}`);
  if (`${path}${query ?? ''}${fragment ?? ''}`.includes('@')) {
    const escapes = credentials ? '; in a user name or password write / as %2F, ? as %3F, # as %23 and @ as %40' : '';
    throw refuseAddress(`has an @ behind its host${escapes}`);
  }
  if (query !== undefined) throw refuseAddress(`has a ? with parameters, which are not read${right}`);
  if (fragment !== undefined) throw refuseAddress(`has a # with something behind it${right}`);
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !credentials) {
    throw refuseAddress(`has a user name or password in it, which belong in settings of their own${right}`);
  }
  const user = readUser(authority.slice(0, Math.max(at, 0)));
  const place = within(() => readHostAndPort(authority.slice(at + 1)), right);
  const read = within(() => readPath(path, form.path === 'whole'), right);
  if (read !== '' && form.path === false) throw refuseAddress(`has a path behind its host${right}`);
  return { scheme: scheme.toLowerCase(), ...place, ...user, path: read };
};

const within = <T>(read: () => T, right: string): T => {
  try {
    return read();
  } catch (error) {
    throw CofferError.is(error, 'configuration') ? refuseAddress(`${error.message}${right}`) : error;
  }
};

/** A host as it stands in an address again. */
export const showHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** The address again, without user info. */
export const showAddress = ({ scheme, host, port, path }: Address): string =>
  `${scheme}://${showHost(host)}${port === undefined ? '' : `:${port}`}${path}`;
