import { readJson } from '@coffer/secrets/read-json';
import { base64Text, valueText, type Parsed, type ParseProblem } from './parsed.js';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKubernetesSecret = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) && value['kind'] === 'Secret' && (isRecord(value['data']) || isRecord(value['stringData']));

/** `data` is base64, `stringData` is text and wins. */
const ofKubernetes = ({ data, stringData }: Record<string, unknown>): Parsed => {
  const parsed: Parsed = { secrets: [], problems: [] };
  const plain = isRecord(stringData) ? stringData : {};
  for (const [key, value] of Object.entries(isRecord(data) ? data : {})) {
    if (Object.hasOwn(plain, key)) continue;
    const decoded = typeof value === 'string' ? base64Text(value) : undefined;
    if (decoded === undefined) parsed.problems.push({ line: 1, reason: 'not-base64' });
    else parsed.secrets.push({ key, value: decoded });
  }
  for (const [key, value] of Object.entries(plain)) parsed.secrets.push({ key, value: valueText(value) });
  return parsed;
};

/** A list of Kestra's own rows, `[{key, value, description}]`, or a map of names and values. */
const ofPlain = (value: unknown): Parsed => {
  const parsed: Parsed = { secrets: [], problems: [] };
  if (Array.isArray(value)) {
    for (const each of value as unknown[]) {
      if (!isRecord(each) || typeof each['key'] !== 'string' || each['key'] === '') {
        parsed.problems.push({ line: 1, reason: 'no-key' });
        continue;
      }
      const { key, value: held, description } = each;
      const said = typeof description === 'string' && description !== '' ? { description } : {};
      parsed.secrets.push({ key, value: valueText(held ?? ''), ...said });
    }
    return parsed;
  }
  if (!isRecord(value)) return { secrets: [], problems: [{ line: 1, reason: 'not-object' }] };
  for (const [key, held] of Object.entries(value)) {
    if (key === '') parsed.problems.push({ line: 1, reason: 'no-key' });
    else if (held !== null && held !== undefined) parsed.secrets.push({ key, value: valueText(held) });
  }
  return parsed;
};

const secretsOf = (documents: readonly unknown[]): Parsed => {
  const items = documents.flatMap((each) =>
    isRecord(each) && each['kind'] === 'List' && Array.isArray(each['items']) ? (each['items'] as unknown[]) : [each],
  );
  const parts = items.map((each) => (isKubernetesSecret(each) ? ofKubernetes(each) : ofPlain(each)));
  return { secrets: parts.flatMap(({ secrets }) => secrets), problems: parts.flatMap(({ problems }) => problems) };
};

interface YamlDocument {
  errors: { code?: string; linePos?: [{ line: number }, unknown?] }[];
  toJS: (options: object) => unknown;
}

/** The library comes when it is needed. */
const yamlDocuments = async (text: string): Promise<YamlDocument[]> => {
  const { parseAllDocuments } = await import('yaml');
  return [...parseAllDocuments(text, { maxAliasCount: 100 } as object)] as YamlDocument[];
};

const problemsOf = (documents: readonly YamlDocument[]): ParseProblem[] =>
  documents.flatMap(({ errors }) =>
    errors.map(({ code, linePos }) => ({
      line: linePos?.[0].line ?? 1,
      reason: code === 'DUPLICATE_KEY' ? ('twice' as const) : ('not-yaml' as const),
    })),
  );

/** Where an object has a name again, of which the last counts: no reader of JSON says so. JSON is YAML as well. */
const repeated = async (json: string): Promise<ParseProblem[]> => {
  try {
    return problemsOf(await yamlDocuments(json)).filter(({ reason }) => reason === 'twice');
  } catch {
    return [];
  }
};

export const parseJson = async (text: string): Promise<Parsed> => {
  let parsed: Parsed;
  try {
    parsed = secretsOf([readJson(text)]);
  } catch {
    return { secrets: [], problems: [{ line: 1, reason: 'not-json' }] };
  }
  return { secrets: parsed.secrets, problems: [...parsed.problems, ...(await repeated(text))] };
};

/** Also several documents. */
export const parseYaml = async (text: string): Promise<Parsed> => {
  try {
    const documents = await yamlDocuments(text);
    const [broken] = problemsOf(documents);
    if (broken !== undefined) return { secrets: [], problems: [broken] };
    return secretsOf(documents.map((each) => each.toJS({ maxAliasCount: 100 })).filter((each) => each !== null));
  } catch {
    return { secrets: [], problems: [{ line: 1, reason: 'not-yaml' }] };
  }
};

/** Whether a text looks like a manifest of Kubernetes. */
export const looksLikeKubernetes = (text: string): boolean =>
  /(?:^|[{,])\s*"?kind"?\s*:\s*"?(?:Secret|List)\b/m.test(text) && /"?(?:data|stringData|items)"?\s*:/.test(text);
