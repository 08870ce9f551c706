import { refuse } from './status.ts';

/**
 * What the service takes, as its own `.proto` files say it in the comments of each field
 * (https://github.com/googleapis/googleapis/blob/master/google/cloud/secretmanager/v1/resources.proto, `service.proto`;
 * the same at https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets).
 */

/** "No more than 64 labels can be assigned to a given resource." */
const MAX_LABELS = 64;
/** "must conform to the following PCRE regular expression: [\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}" */
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
/** "must conform to the following PCRE regular expression: [\p{Ll}\p{Lo}\p{N}_-]{0,63}" */
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
/** "have a UTF-8 encoding of maximum 128 bytes" */
const MAX_ENCODED = 128;
/**
 * "between 1 and 63 characters long, […] begin and end with an alphanumeric character ([a-z0-9A-Z]), and may have dashes
 * (-), underscores (_), dots (.), and alphanumerics in between these symbols."
 */
const ANNOTATION_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
/** "The total size of annotation keys and values must be less than 16KiB." */
const ANNOTATIONS_BELOW = 16_384;
/** "a maximum length of 255 characters and can contain uppercase and lowercase letters, numerals, and the hyphen (-) and underscore (_) characters." */
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;
/** "a maximum length of 63 characters […] must start with a letter and cannot be the string 'latest' or 'NEW'." */
const ALIAS = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
/** "No more than 50 aliases can be assigned to a given secret." */
const MAX_ALIASES = 50;
/** https://cloud.google.com/secret-manager/quotas: "Payload size 64 KiB". */
const MAX_PAYLOAD = 65_536;

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

export function checkLabels(labels: Record<string, string>) {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) refuse('INVALID_ARGUMENT', 'No more than 64 labels can be assigned.');
  for (const [key, value] of entries) {
    if (!LABEL_KEY.test(key) || bytes(key) > MAX_ENCODED) refuse('INVALID_ARGUMENT', 'A label key is invalid.');
    if (!LABEL_VALUE.test(value) || bytes(value) > MAX_ENCODED) refuse('INVALID_ARGUMENT', 'A label value is invalid.');
  }
}

export function checkAnnotations(annotations: Record<string, string>) {
  const entries = Object.entries(annotations);
  for (const [key] of entries) {
    if (!ANNOTATION_KEY.test(key)) refuse('INVALID_ARGUMENT', 'An annotation key is invalid.');
  }
  const total = entries.reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
  if (total >= ANNOTATIONS_BELOW) refuse('INVALID_ARGUMENT', 'The annotations have 16 KiB or more.');
}

export function checkSecretId(id: string) {
  if (!SECRET_ID.test(id)) refuse('INVALID_ARGUMENT', 'The secret id is invalid.');
}

/** `exists`: "Mapping from version alias to version name". */
export function checkAliases(aliases: Record<string, number>, exists: (version: number) => boolean) {
  const entries = Object.entries(aliases);
  if (entries.length > MAX_ALIASES) refuse('INVALID_ARGUMENT', 'No more than 50 aliases can be assigned.');
  for (const [alias, version] of entries) {
    if (!ALIAS.test(alias) || alias === 'latest' || alias === 'NEW') refuse('INVALID_ARGUMENT', 'An alias is invalid.');
    if (!exists(version)) refuse('INVALID_ARGUMENT', 'An alias names a version that does not exist.');
  }
}

export function checkPayload(data: Uint8Array) {
  if (data.length > MAX_PAYLOAD) refuse('INVALID_ARGUMENT', 'The payload is larger than 64 KiB.');
}
