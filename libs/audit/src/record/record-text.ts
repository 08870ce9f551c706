import type { AuditEntry } from './audit-entry.js';

/** Texts of the same few callers and addresses that are remembered, so that each is escaped once. */
const MAX_REMEMBERED = 1_000;

let lastMs = NaN;
let lastTime = '';

/** ISO 8601 with milliseconds; the same millisecond is formatted once. */
const timeText = (wallMs: number): string => {
  if (wallMs !== lastMs) [lastMs, lastTime] = [wallMs, new Date(wallMs).toISOString()];
  return lastTime;
};

const quoted = new Map<string, string>();

/** For texts that come again and again: those of principals, addresses, tenants and namespaces. */
const quote = (text: string): string => {
  let known = quoted.get(text);
  if (known === undefined) {
    if (quoted.size >= MAX_REMEMBERED) quoted.clear();
    quoted.set(text, (known = JSON.stringify(text)));
  }
  return known;
};

/**
 * The JSON of a record without its closing brace: the chain of each sink adds its own fields. Made once for all sinks,
 * by hand, for each cached read pays for it.
 */
export const recordText = (entry: AuditEntry, wallMs: number): string => {
  const { principal, credential, tenant, namespace, key, foundIn, version, operation, target, hmac } = entry;
  let text = `{"time":"${timeText(wallMs)}","request":${JSON.stringify(entry.requestId)}`;
  if (principal !== undefined) text += `,"principal":${quote(principal)}`;
  if (credential !== undefined) text += `,"credential":${quote(credential)}`;
  text += `,"address":${quote(entry.address)}`;
  if (tenant !== undefined) text += `,"tenant":${quote(tenant)}`;
  if (namespace !== undefined) text += `,"namespace":${quote(namespace)}`;
  if (key !== undefined) text += `,"key":${JSON.stringify(key)}`;
  text += `,"action":${quote(entry.action)},"decision":"${entry.decision}","outcome":${quote(entry.outcome)}`;
  if (foundIn !== undefined) text += `,"foundIn":${quote(foundIn)}`;
  if (version !== undefined) text += `,"version":${JSON.stringify(version)}`;
  if (operation !== undefined) text += `,"operation":${JSON.stringify(operation)}`;
  if (target !== undefined) text += `,"target":${JSON.stringify(target)}`;
  if (hmac !== undefined) text += `,"hmac":${JSON.stringify(hmac)}`;
  if (entry.breakGlass === true) text += ',"breakGlass":true';
  return text;
};
