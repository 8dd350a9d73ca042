import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Parser } from 'htmlparser2';
import { validateXML } from 'xmllint-wasm';

export interface JunitElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: JunitElement[];
  text: string;
}

export interface Junit {
  readonly suite: JunitElement;
  readonly counts: Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', string | undefined>>;
  readonly cases: readonly JunitElement[];
  /** The suite's own output; empty if there is none. */
  readonly output: string;
}

const SCHEMA = join(import.meta.dirname, 'jenkins-junit.xsd');

/** Characters that XML 1.0 cannot contain, even as a reference. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Reads a JUnit report, and checks that Jenkins and GitLab read the same. */
export async function readJunit(xml: string): Promise<Junit> {
  expect(xml).not.toMatch(NOT_XML);
  expect(await listSchemaErrors(xml)).toEqual([]);
  const [suites] = parseXml(xml).children.filter(({ name }) => name === 'testsuites');
  const [suite] = suites?.children ?? [];
  if (!suites || !suite) {
    throw new Error('The report has no suite.');
  }
  const { tests, failures, errors, skipped, time } = suite.attributes;
  expect(suites.attributes).toEqual({ name: 'Qassandra', tests, failures, errors, time });
  const cases = suite.children.filter(({ name }) => name === 'testcase');
  const count = (result: string) =>
    String(cases.filter(({ children }) => children[0]?.name === result).length);
  const counts = { tests, failures, errors, skipped };
  expect(counts).toEqual({
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  });
  expectGitLabToRead(cases);
  const output = suite.children.find(({ name }) => name === 'system-out')?.text ?? '';
  return { suite, counts, cases, output };
}

/** Lists what libxml2 and the schema of Jenkins' xUnit plugin refuse. */
export async function listSchemaErrors(xml: string): Promise<string[]> {
  const schema = await readFile(SCHEMA, 'utf8');
  const { errors } = await validateXML({ xml, schema });
  return errors.map(({ message }) => message);
}

/**
 * GitLab makes a hash of an element, and shows it if it has text: attributes alone would be shown as a Ruby hash. It
 * takes an attribute `type` for a type of Ruby, and keeps one case of several with the same name.
 */
function expectGitLabToRead(cases: readonly JunitElement[]): void {
  for (const { attributes, children } of cases) {
    for (const element of children) {
      expect(element.attributes).not.toHaveProperty('type');
      if (Object.keys(element.attributes).length > 0) {
        expect(element.text).not.toBe('');
      }
    }
    expect(attributes).not.toHaveProperty('type');
  }
  const names = cases.map(({ attributes }) => `${attributes.classname} ${attributes.name}`);
  expect(new Set(names).size).toBe(names.length);
}

function parseXml(xml: string): JunitElement {
  const root: JunitElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, attributes, children: [], text: '' };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(text) {
        const element = open.at(-1);
        if (element) {
          element.text += text;
        }
      },
      onclosetag: () => void open.pop(),
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return root;
}
