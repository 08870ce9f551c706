import type { AuditedMember, AuditEntry } from './audit-entry.js';

/** Texts of the same few callers and addresses that are remembered, so that each is escaped once. */
const MAX_REMEMBERED = 1_000;

let lastMs = NaN;
let lastTime = '';

/** ISO 8601 with milliseconds; the same millisecond is formatted once. */
const timeText = (wallMs: number): string => {
  if (wallMs !== lastMs) [lastMs, lastTime] = [wallMs, new Date(wallMs).toISOString()];
  return lastTime;
};

/**
 * What some programs end lines at, terminals obey, or readers see as nothing or in another order, and JSON leaves as it is: it
 * comes from whoever asks.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The JSON escapes of a character, one for each of its UTF-16 code units. */
const escapeOf = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** What most texts are: JSON has them as they are. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const jsonOf = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(UNSAFE, escapeOf);

const quoted = new Map<string, string>();

/** Writes a text as JSON and keeps the result: texts of principals, addresses, tenants and namespaces come again and again. */
const quote = (text: string): string => {
  let known = quoted.get(text);
  if (known === undefined) {
    if (quoted.size >= MAX_REMEMBERED) quoted.clear();
    quoted.set(text, (known = jsonOf(text)));
  }
  return known;
};

/** The part of a record that is the same whenever the same caller gets the same answer; made by `recordTail`. */
export interface RecordTail {
  readonly text: string;
  /** Length of the text in UTF-8. */
  readonly bytes: number;
}

const memberText = ({ key, version, hmac }: AuditedMember): string =>
  `{"key":${jsonOf(key)},"version":${jsonOf(version)}${hmac === undefined ? '' : `,"hmac":${jsonOf(hmac)}`}}`;

/** All of a record but its time and the id of its request. */
export const recordTail = (entry: Omit<AuditEntry, 'requestId'>): RecordTail => {
  const { principal, credential, tenant, namespace, key, foundIn, version, operation, target, hmac } = entry;
  let text = '';
  if (principal !== undefined) text += `,"principal":${quote(principal)}`;
  if (credential !== undefined) text += `,"credential":${quote(credential)}`;
  text += `,"address":${quote(entry.address)}`;
  if (tenant !== undefined) text += `,"tenant":${quote(tenant)}`;
  if (namespace !== undefined) text += `,"namespace":${quote(namespace)}`;
  if (key !== undefined) text += `,"key":${jsonOf(key)}`;
  text += `,"action":${quote(entry.action)},"decision":"${entry.decision}","outcome":${quote(entry.outcome)}`;
  if (foundIn !== undefined) text += `,"foundIn":${quote(foundIn)}`;
  if (version !== undefined) text += `,"version":${jsonOf(version)}`;
  if (operation !== undefined) text += `,"operation":${jsonOf(operation)}`;
  if (target !== undefined) text += `,"target":${jsonOf(target)}`;
  if (entry.detail !== undefined) text += `,"detail":${jsonOf(entry.detail)}`;
  if (hmac !== undefined) text += `,"hmac":${jsonOf(hmac)}`;
  if (entry.secrets !== undefined) text += `,"secrets":[${entry.secrets.map(memberText).join(',')}]`;
  if (entry.breakGlass === true) text += ',"breakGlass":true';
  return { text, bytes: Buffer.byteLength(text) };
};

/**
 * The JSON of a record without its closing brace: the chain of each sink adds its own fields. Made once for all sinks,
 * by hand, for each cached read pays for it.
 */
export const recordText = (requestId: string, tail: RecordTail, wallMs: number): string =>
  `{"time":"${timeText(wallMs)}","request":${jsonOf(requestId)}${tail.text}`;
