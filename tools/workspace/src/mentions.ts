import { posix } from 'node:path';
import { placesOf } from './pages.ts';

/** Text by path, with `/`. */
type Texts = Map<string, string>;

/** The page whose headings "Rule N: …" are the protocol's rules. */
const PROTOCOL = 'docs/protocol.md';

/** One line, so that what a comment or a paragraph breaks is found. */
const joined = (text: string) => text.replace(/\s*\n[ \t]*(?:\/\/+|\*+(?!\/)|#+|>)?[ \t]*/g, ' ');

/** `text`: of a source. */
const commentsIn = (text: string) =>
  [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<![:\w])\/\/.*$/gm)].map(([comment]) => comment).join('\n');

const PATH_IN_COMMENT = /(?<![\w/.@-])((?:apps|libs|tools|docs|formal|docker|integrations)\/[\w./@-]*\w)/g;

/** `list`: such as "1, 3 and 5" or "7 to 10". */
function numbersIn(list: string): number[] {
  return list.split(/, (?:and )?| and | or /).flatMap((part) => {
    const [first = 0, last = first] = part.split(/ to |–|-/).map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Rules of the protocol ("rule 9", "rules 7 to 10") that docs/protocol.md does not have. `texts`: pages and sources. */
export function unknownRules(texts: Texts): string[] {
  const protocol = texts.get(PROTOCOL) ?? '';
  const known = new Set([...protocol.matchAll(/^#+ Rule (\d+):/gm)].map(([, number]) => Number(number)));
  return [...texts].flatMap(([file, text]) =>
    [...joined(text).matchAll(/\b[Rr]ules? (\d+(?:(?:, and |, | and | or | to |–|-)\d+)*)/g)]
      .flatMap(([, list = '']) => numbersIn(list))
      .filter((number) => !known.has(number))
      .map((number) => `${file}: ${PROTOCOL} has no rule ${number}`),
  );
}

/**
 * Pages (`faults.md`, `docs/protocol.md#groups`) and decisions ("ADR 12") that are named in comments, messages or text
 * and are not there. A page may be named by its path, relatively, or by the end of its path alone.
 * `texts`: pages and sources. `files`: every file of the repository.
 */
export function unknownPages(texts: Texts, files: Iterable<string>): string[] {
  const all = [...files];
  const pages = all.filter((file) => file.endsWith('.md'));
  const decisions = pages.map((page) => Number(/^docs\/adr\/(\d+)-/.exec(page)?.[1]));
  return [...texts].flatMap(([file, text]) => {
    const named = [...text.matchAll(/(?<![\w/.:@%-])((?:\.{1,2}\/)*[\w-]+(?:[/.][\w-]+)*\.md)\b/g)]
      .map(([, name = '']) => name)
      .filter((name) => {
        const path = posix.normalize(name);
        const beside = posix.join(posix.dirname(file), name);
        return !pages.some((page) => page === path || page === beside || page.endsWith(`/${path}`));
      })
      .map((name) => `${file}: there is no page ${name}`);
    const numbered = [...joined(text).matchAll(/\bADR (\d+)\b/g)]
      .filter(([, number]) => !decisions.includes(Number(number)))
      .map(([reference]) => `${file}: there is no ${reference}`);
    return [...named, ...numbered];
  });
}

/**
 * Paths of this repository that are not there: in code spans of pages, at the beginning of a page's lines, and in comments
 * of sources.
 */
export function unknownPaths(texts: Texts, files: Iterable<string>): string[] {
  const places = placesOf(files);
  return [...texts].flatMap(([file, text]) => {
    const isPage = file.endsWith('.md');
    const searched = isPage ? text : commentsIn(text);
    const spans = isPage
      ? /(?:`|^)((?:apps|libs|tools|docs|formal|docker|integrations)\/[\w./@-]+)(?:`| )/gm
      : PATH_IN_COMMENT;
    return [...searched.matchAll(spans)]
      .map(([, path = '']) => path.replace(/\/$/, ''))
      .filter((path) => !places.has(path) && !path.split('/').some((part) => part === 'dist' || part === 'target'))
      .map((path) => `${file}: there is no ${path}`);
  });
}

/** Doc comments that begin without a subject ("Of" a thing, "Told" a thing), so that they do not say what they document. */
export const subjectlessComments = (texts: Texts): string[] =>
  [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/\/\*\*\s*(?:\*\s)?((?:Of|Told) .{0,40})/g)].map(
      ([, words = '']) => `${file}: a doc comment begins with what it documents, not with "${words}"`,
    ),
  );

const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();

/** Numbers of rules by the names that a field (`Switch`, `Model`) of docs/protocol.md gives them; before the first rule: 0. */
function numbersOnPage(protocol: string, field: string): Map<string, Set<number>> {
  const numbers = new Map<string, Set<number>>();
  for (const section of protocol.split(/^(?=#+ )/m)) {
    const number = Number(/^#+ Rule (\d+):/.exec(section)?.[1] ?? 0);
    const lines = section.replace(/(?<!\n)\n(?!\n)[ \t]*/g, ' ');
    for (const [, names = ''] of lines.matchAll(new RegExp(`\\*\\*${field}\\*\\* (.*?)(?= · |\\n|$)`, 'g'))) {
      for (const [, name = ''] of names.matchAll(/`([a-z-]+)`/g)) {
        numbers.set(name, (numbers.get(name) ?? new Set()).add(number));
      }
    }
  }
  return numbers;
}

/**
 * Switches of the protocol's rules, and rules of its model, that docs/protocol.md does not name in the section of their number.
 * `switches`: the text of the list of all switches (`name: 3,`). `model`: that of the model's enum (`/// 3: …` and a name; no
 * number before the first rule).
 */
export function misnumberedRules(texts: Texts, switches: string, model: string): string[] {
  const protocol = texts.get(PROTOCOL) ?? '';
  const fields: [string, [string, number][]][] = [
    ['Switch', [...switches.matchAll(/^ {2}(\w+): (\d+),/gm)].map(([, name = '', number]) => [name, Number(number)])],
    [
      'Model',
      [...model.matchAll(/^ {4}\/\/\/ (?:(\d+): )?.*\n {4}(\w+),/gm)].map(([, number, name = '']) => [
        name,
        Number(number ?? 0),
      ]),
    ],
  ];
  return fields.flatMap(([field, rules]) => {
    if (rules.length === 0) return [`${PROTOCOL}: nothing to compare with its names of the kind ${field}`];
    const onPage = numbersOnPage(protocol, field);
    return rules
      .map(([name, number]) => [kebab(name), number] as const)
      .filter(([name, number]) => onPage.get(name)?.has(number) !== true)
      .map(
        ([name, number]) =>
          `${PROTOCOL} does not name \`${name}\` (${field}) ${number === 0 ? 'before the first rule' : `in rule ${number}`}`,
      );
  });
}

/**
 * Metrics that no page of docs names as a whole, decisions aside. `sources`: what declares them (`name: 'coffer_…'`). A page that
 * leaves a `*` for the end of a name (`coffer_tls_*`) names none.
 */
export function unnamedMetrics(pages: Texts, sources: Texts): string[] {
  const texts = [...pages].filter(([file]) => /^docs\/(?!adr\/)/.test(file)).map(([, text]) => text);
  const named = new Set(texts.flatMap((text) => text.match(/\bcoffer_[a-z0-9_]+\b(?!\*)/g) ?? []));
  return [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/^ *name: '(coffer_\w+)',$/gm)]
      .map(([, name = '']) => name)
      .filter((name) => !named.has(name))
      .map((name) => `${file}: no page of docs says what ${name} means`),
  );
}

/**
 * Packages whose layer is another one in docs/architecture.md, "Who may import whom", than in their own tags.
 * `architecture`: the page. `layers`: layer by folder, such as `libs/crypto`.
 */
export function misplacedPackages(architecture: string, layers: Map<string, string>): string[] {
  const rows = [...architecture.matchAll(/^\| (\w+) +\| ([^|]+?) +\|/gm)];
  const named = new Map(rows.map(([, layer = '', packages = '']) => [layer, packages.split(/, /)]));
  return [...layers].flatMap(([folder, layer]) => {
    const name = folder.replace(/^(?:apps|libs|tools)\//, '');
    const row = named.get(layer) ?? [];
    const others = [...named]
      .filter(([other, names]) => other !== layer && names.includes(name))
      .map(([other]) => other);
    if (others.length > 0) return [`docs/architecture.md: ${folder} is of layer ${layer}, not ${others.join(', ')}`];
    const adapter = layer === 'adapter' && name.startsWith('backends/');
    return adapter || row.includes(name) ? [] : [`docs/architecture.md: ${folder} is missing in the layer ${layer}`];
  });
}
