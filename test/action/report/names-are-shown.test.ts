import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Parser } from 'htmlparser2';
import { marked } from 'marked';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { onPullRequest } from '../../helpers/action/pull-request.ts';
import { rewriteCheck, showFlows } from '../../helpers/action/rewritten-check.ts';

/** Names of apps and pages in the summary and the comment, as a person sees them once GitHub has rendered them. */

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

interface Rendered {
  readonly heading: string;
  /** The cells of the last table's body. */
  readonly cells: readonly string[];
  /** Runs of text without markup between them: GitHub looks for references in each of them alone. */
  readonly runs: readonly string[];
  readonly tags: readonly string[];
}

/** Renders Markdown with the extensions of GitHub's. */
function render(markdown: string): Rendered {
  const runs: string[] = [];
  const tags: string[] = [];
  const texts = new Map<string, string[]>([
    ['h2', []],
    ['td', []],
  ]);
  let open = '';
  const parser = new Parser({
    onopentag(name) {
      tags.push(name);
      runs.push('');
      if (texts.has(name)) {
        open = name;
        texts.get(name)?.push('');
      }
    },
    ontext(text) {
      runs.push((runs.pop() ?? '') + text);
      const found = texts.get(open);
      found?.push((found.pop() ?? '') + text);
    },
    oncomment: () => void runs.push(''),
    onclosetag(name) {
      runs.push('');
      open = name === open ? '' : open;
    },
  });
  parser.end(marked.parse(markdown, { gfm: true, async: false }));
  return { heading: texts.get('h2')?.[0] ?? '', cells: texts.get('td') ?? [], runs, tags };
}

/** Gives the app a name that the API would refuse today, as an older server has stored it. */
async function rename({ app }: Scenario, name: string): Promise<void> {
  await host.server.query('update apps set name = $1 where id = $2', [name, app.id]);
}

/** The action's texts for an app and a failing flow with this name. */
async function show(name: string): Promise<{ summary: Rendered; comment: Rendered; markdown: string }> {
  const github = await host.openGitHub();
  const shown = showFlows([{ name, status: 'failed', error: name }]);
  const scenario = await host.open({ rules: [rewriteCheck(shown)] });
  await rename(scenario, name);
  const record = await scenario.run(onPullRequest(github));
  expect(record.exitCode).toBe(1);
  const [comment] = github.comments;
  return { summary: render(record.summary), comment: render(comment?.body ?? ''), markdown: record.summary };
}

describe('a name', () => {
  test.each([
    ['a pipe', 'Shop | Admin'],
    ['the number of an issue', 'Shop #123, GH-7 and octo/shop#8'],
    ['a team and a person', '@octo-org/team and @octocat'],
    ['an emoji’s name', 'Shop :rocket: and a:100:b'],
    ['markup of Markdown', '*Shop* _a_ ~b~ `c` [d](e) ![f](g) \\h $1$'],
    ['markup of HTML', '<b>Shop</b> & "Co" &amp; &#124; <!-- x -->'],
    ['an address', 'Shop https://evil.example or www.evil.example'],
    ['a joined emoji', 'Shop 👩‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️'],
    ['Persian, which needs joiners', 'نمی‌خواهم'],
    ['Hebrew with a number', 'חנות 12'],
  ])('keeps its meaning if it has %s', async (_, name) => {
    const { summary, comment } = await show(name);
    for (const { heading, cells, runs, tags } of [summary, comment]) {
      expect(heading).toBe(`❌ Qassandra · ${name}: failure`);
      expect(cells).toContain(name);
      for (const run of runs) {
        expect(run).not.toMatch(/@\w|#\d|\bGH-\d|:[\w+-]+:/);
      }
      expect(tags.filter((tag) => ['em', 'strong', 'del', 'code', 'img', 'b'].includes(tag))).toEqual([]);
      expect(tags.filter((tag) => tag === 'a')).toHaveLength(1);
    }
  });

  test('does not reorder its surroundings if it has right-to-left text', async () => {
    const { markdown } = await show('חנות 12');
    expect(markdown).toContain('## ❌ Qassandra · <span dir="auto">חנות 12</span>: failure');
    expect(markdown).toContain('<td><span dir="auto">חנות 12</span></td>');
    expect((await show('Shop 12')).markdown).not.toContain('dir=');
  });

  test.each([
    ['overrides the direction', 'Shop \u202Egpj.exe\u202C', 'Shop  gpj.exe'],
    ['isolates a direction', '\u2066Shop\u2069 x', 'Shop  x'],
    ['has no width', 'S\u200Bh\u2060o\uFEFFp\u00AD', 'Shop'],
    ['hides a command', '#\u200B#[group]Shop', '## [group]Shop'],
  ])('loses a character that %s', async (_, name, shown) => {
    const { summary, markdown } = await show(name);
    const collapse = (text: string) => text.replace(/\s+/g, ' ').trim();
    expect(collapse(summary.heading)).toBe(`❌ Qassandra · ${collapse(shown)}: failure`);
    expect(markdown).not.toMatch(/[\u200B\u2060\uFEFF\u00AD\u202A-\u202E\u2066-\u2069]/);
  });
});
