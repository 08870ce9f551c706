import { z } from 'zod';
import { refuseAddress, showAddress } from '../address/address.js';
import { addressText, parseWholeAddress } from '../address/http-address.js';
import { readDuration } from '../duration.js';
import { certificatesOf, looksLikePem, PemProblem } from '../text-form/pem.js';
import { withoutLineBreaks } from '../text-form/single-line.js';
import { bindings } from './bindings.js';
import {
  PRESET_NAMES,
  presetOf,
  PUBLIC_KEY_ALGORITHMS,
  SHARED_KEY_ALGORITHMS,
  type IssuerPreset,
} from './issuer-presets.js';
import { pemOrFile } from './pem.js';
import { choice, listOf, parsed, plainName, secretWord, text, word } from './scalars.js';

const MAX_SKEW_MS = 300_000;
const DEFAULT_SKEW_MS = 30_000;
const EXAMPLE = 'https://id.example.com/jwks';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Whoever can change what such an address answers signs tokens, so it is asked over TLS. */
const keyAddress = addressText(`an address such as ${EXAMPLE}`, (value) => {
  const address = parseWholeAddress(value, EXAMPLE);
  if (address.scheme === 'http' && !LOOPBACK.test(address.host)) {
    throw refuseAddress(
      `must begin with https:// unless its host is this machine; it must be an address such as ${EXAMPLE}`,
    );
  }
  return showAddress(address);
});

/** A file is read with each request, so that it may change. */
const authorities = pemOrFile.transform((given, context) => {
  if (!looksLikePem(given)) return withoutLineBreaks(given);
  try {
    return certificatesOf(given);
  } catch (error) {
    if (!(error instanceof PemProblem)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const clockSkew = parsed('must be a duration such as 30s, 0s for none, and at most 5m', (value) => {
  const milliseconds = readDuration(value);
  return milliseconds !== undefined && milliseconds <= MAX_SKEW_MS ? milliseconds : undefined;
}).meta({ type: 'duration' });

const login = z.strictObject({
  clientId: word.describe('How the issuer knows Coffer.'),
  clientSecret: secretWord
    .optional()
    .describe('What Coffer proves itself with to the issuer; without it, it is a public client.'),
  label: text.optional().describe('What people read where they choose; the `id` by default.'),
  scopes: listOf(word)
    .refine((all) => all.includes('openid'), { message: 'must have openid among them' })
    .default(['openid'])
    .describe('What the issuer is asked for; more where it tells groups only so.'),
});

const fields = z.strictObject({
  id: plainName.describe('Names the issuer in logs and in the names of its callers.'),
  preset: choice(PRESET_NAMES)
    .optional()
    .describe('Fills in what is the same at every installation: issuer, algorithms, `notBefore` and `subjectClaim`.'),
  issuer: word.optional().describe('The `iss` of its tokens, compared as it is; needed unless the preset has one.'),
  audience: listOf(word)
    .refine((all) => all.length > 0, { message: 'must name at least one audience' })
    .optional()
    .describe(
      'Audiences, one of which must be in a token’s `aud`; needed, but for `kestra` with HS256, HS384 or HS512.',
    ),
  discovery: keyAddress
    .optional()
    .describe('The discovery document; `ISSUER/.well-known/openid-configuration` where no place of keys is given.'),
  jwksUri: keyAddress.optional().describe('The keys themselves, in place of a discovery document.'),
  jwksFile: text.optional().describe('A file with the keys, in place of an address; read again when it changes.'),
  ca: authorities
    .optional()
    .describe('PEM of the authorities to trust at those addresses, or the name of a file that holds it.'),
  algorithms: listOf(choice([...PUBLIC_KEY_ALGORITHMS, ...SHARED_KEY_ALGORITHMS]))
    .refine((all) => all.length > 0, { message: 'must name at least one algorithm' })
    .optional()
    .describe(
      'Which signatures count, whatever a token’s header says; RS256 and ES256 where neither this nor a preset says.',
    ),
  clockSkew: clockSkew
    .default(DEFAULT_SKEW_MS)
    .describe('How far its clock may be from ours, at `exp` and `nbf`; at most 5m.'),
  notBefore: choice(['required', 'optional'])
    .optional()
    .describe('Whether a token must have `nbf`; where it may lack it, `iat` is looked at in its place.'),
  subjectClaim: word.optional().describe('The claim by which the caller is named; `sub`, or what the preset says.'),
  login: login
    .optional()
    .describe(
      'People may log in by it with a browser: it is asked by OpenID Connect, so its keys must come by `discovery`.',
    ),
  bindings: bindings.describe('Which callers get which grants; a caller that none is for is refused.'),
});

type Fields = z.output<typeof fields>;
export type Keys =
  | { readonly kind: 'discovery' | 'jwks'; readonly address: string; readonly ca?: string }
  | { readonly kind: 'file'; readonly file: string };

/** What is wrong with it as a whole, by the setting that is to blame. */
type Refuse = (name: keyof Fields, message: string) => undefined;

const keysOf = ({ discovery, jwksUri, jwksFile, ca }: Fields, issuer: string, refuse: Refuse): Keys | undefined => {
  const given = [discovery, jwksUri, jwksFile].filter((each) => each !== undefined);
  if (given.length > 1)
    return refuse('discovery', 'must not be given beside jwksUri or jwksFile: keep one of the three');
  if (jwksFile !== undefined && ca !== undefined) return refuse('ca', 'has no effect: jwksFile is a file');
  if (jwksUri?.startsWith('http:') === true && ca !== undefined) {
    return refuse('ca', 'has no effect: jwksUri must begin with https: for TLS');
  }
  if (jwksFile !== undefined) return { kind: 'file', file: jwksFile };
  const trust = ca === undefined ? {} : { ca };
  if (jwksUri !== undefined) return { kind: 'jwks', address: jwksUri, ...trust };
  if (discovery !== undefined) return { kind: 'discovery', address: discovery, ...trust };
  const derived = keyAddress.safeParse(issuer);
  if (!derived.success) {
    return refuse('issuer', 'is no address beginning with https://, so discovery, jwksUri or jwksFile must be given');
  }
  return {
    kind: 'discovery',
    address: `${derived.data.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    ...trust,
  };
};

/** A shared key is read from a file alone: a public key must never be taken for one. */
const algorithmsOf = (
  given: readonly string[],
  keys: Keys | undefined,
  refuse: Refuse,
): readonly string[] | undefined => {
  const shared = given.filter((each) => SHARED_KEY_ALGORITHMS.some((name) => name === each));
  if (shared.length > 0 && shared.length < given.length) {
    return refuse(
      'algorithms',
      'must not mix HS256, HS384, HS512 with others: a public key must not count as a secret',
    );
  }
  if (shared.length > 0 && keys !== undefined && keys.kind !== 'file') {
    return refuse('jwksFile', 'is missing: keys of HS256, HS384 and HS512 are secrets, which come from a file alone');
  }
  return given;
};

/** Whoever has the secret may be the audience; keys that anybody can read sign for many parties. */
const audienceOf = (
  { audience }: Fields,
  { withoutAudience }: IssuerPreset,
  algorithms: readonly string[],
  refuse: Refuse,
): readonly string[] | undefined => {
  const shared = algorithms.every((each) => SHARED_KEY_ALGORITHMS.some((name) => name === each));
  if (audience === undefined && !(withoutAudience === true && shared)) return refuse('audience', 'is missing');
  return audience ?? [];
};

const loginOf = ({ clientSecret, label, ...rest }: z.output<typeof login>) => ({
  ...rest,
  ...(clientSecret && { clientSecret }),
  ...(label === undefined ? {} : { label }),
});

/** An entry of `coffer.access.issuers`, with what its preset fills in. */
export const issuer = fields.transform((given, context) => {
  const preset = presetOf(given.preset);
  const refuse: Refuse = (name, message) => {
    context.addIssue({ code: 'custom', path: [name], message });
  };
  const name = given.issuer ?? preset.issuer;
  if (name === undefined) {
    refuse('issuer', 'is missing');
    return z.NEVER;
  }
  const keys = keysOf(given, name, refuse);
  const named = given.algorithms ?? preset.algorithms;
  const audience = audienceOf(given, preset, named, refuse);
  const algorithms = algorithmsOf(named, keys, refuse);
  if (given.login !== undefined && keys !== undefined && keys.kind !== 'discovery') {
    refuse('login', 'must not be given beside jwksUri or jwksFile: where people log in is known by discovery alone');
    return z.NEVER;
  }
  if (keys === undefined || audience === undefined || algorithms === undefined) return z.NEVER;
  return {
    id: given.id,
    issuer: name,
    audience,
    keys,
    algorithms,
    clockSkewMs: given.clockSkew,
    notBefore: given.notBefore ?? preset.notBefore,
    subjectClaim: given.subjectClaim ?? preset.subjectClaim,
    ...(given.login && { login: loginOf(given.login) }),
    bindings: given.bindings,
  };
});
