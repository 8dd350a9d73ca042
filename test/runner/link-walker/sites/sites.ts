import type { CheckSettings } from '../../../../server/runner/contract.ts';
import type { SitePage } from '../../../helpers/network/site.ts';

/** A small site of one kind, and what a check of it must say. */
export interface KindOfSite {
  readonly pages: Record<string, SitePage>;
  /** The path of the app's URL; `/` when absent. */
  readonly start?: string;
  readonly settings?: CheckSettings;
  /** The pages that must not pass, with what is said of them. All other pages must pass. */
  readonly broken?: Readonly<Record<string, string>>;
  /** How many pages there must be, with those that do not pass. */
  readonly count: number;
  /** The beginnings of its warnings. */
  readonly warnings?: readonly string[];
  readonly incomplete?: 'page_limit';
}

const link = (...hrefs: string[]) => hrefs.map((href) => `<a href="${href}">x</a>`).join('');
const redirect = (location: string, status = 302): SitePage => ({ status, headers: { location } });
const typed = (type: string, body: string): SitePage => ({ headers: { 'content-type': type }, body });
const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}${index}`);
const from = (page: string, what: string) => `${what}; linked from ${page}`;
const NOT_FOUND = 'responded 404 Not Found';
/** A page that answers for every path that is not there, as a host of single-page apps does. */
const SHELL = '<div id="root"></div><script src="/app.js"></script>';
const PADDING = '<p>x</p>'.repeat(300_000);

export const SITES: Readonly<Record<string, KindOfSite>> = {
  'one page': {
    pages: { '/': '<p>Soon</p>' },
    count: 1,
    warnings: ['Only the home page was checked, since it has no links.'],
  },
  'a chain of 40 pages': {
    pages: Object.fromEntries(
      ['/', ...many(40, '/c')].map((path, index) => [path, index === 40 ? 'x' : link(`/c${index}`)]),
    ),
    count: 41,
  },
  'a tree with one broken leaf': {
    pages: {
      '/': link(...many(9, '/s')),
      ...Object.fromEntries(many(9, '/s').map((path) => [path, link(`${path}/a`, `${path}/b`)])),
      ...Object.fromEntries(
        many(9, '/s').flatMap((path) => [
          [`${path}/a`, 'x'],
          ...(path === '/s7' ? [] : [[`${path}/b`, 'x']]),
        ]),
      ),
    },
    broken: { '/s7/b': from('/s7', NOT_FOUND) },
    count: 28,
  },
  'pages in a circle': { pages: { '/': link('/a'), '/a': link('/b'), '/b': link('/', '/a') }, count: 3 },
  'a calendar without end': {
    pages: { '/': link('/cal?m=1'), '/cal': link('/cal?m=2', '/cal?m=3', '/cal?m=4', '/cal?m=5') },
    settings: { limits: { pages: 4 } },
    count: 4,
    incomplete: 'page_limit',
  },
  'a calendar that the settings limit': {
    pages: { '/': link('/cal?m=1'), '/cal': link('/cal?m=2', '/cal?m=3', '/cal?m=4', '/cal?m=5') },
    settings: { max_pages: 4 },
    count: 4,
    warnings: ["The check was limited to 4 pages by the app's settings: 2 pages"],
  },
  'session ids in tracking parameters': {
    pages: {
      '/': link('/a?utm_source=1', '/a?utm_source=2', '/a?gclid=3', '/a#x'),
      '/a': link('/?fbclid=4'),
    },
    count: 2,
  },
  'documentation with relative links': {
    pages: {
      '/': link('docs/'),
      '/docs/': link('guide.html', './api/index.html', '../', 'gone.html'),
      '/docs/guide.html': link('api/', 'guide.html#top'),
      '/docs/api/index.html': link('../guide.html', '../../docs/'),
      '/docs/api/': 'x',
    },
    broken: { '/docs/gone.html': from('/docs/', NOT_FOUND) },
    count: 6,
  },
  'documentation under a base': {
    pages: { '/': `<base href="/v2/">${link('a', '/b')}`, '/v2/a': 'x', '/b': 'x' },
    count: 3,
  },
  'paths in other scripts': {
    pages: {
      '/': link('/café', '/日本', '/a b'),
      '/caf%C3%A9': 'x',
      '/%E6%97%A5%E6%9C%AC': 'x',
      '/a%20b': 'x',
    },
    count: 4,
  },
  'a trailing slash by redirect': {
    pages: { '/': link('/docs'), '/docs': redirect('/docs/', 301), '/docs/': link('/docs', '/docs/') },
    count: 2,
  },
  'a redirect to a missing page': {
    pages: { '/': link('/old'), '/old': redirect('/new', 301) },
    broken: { '/old': from('/', `redirects to /new, which ${NOT_FOUND}`) },
    count: 2,
  },
  'a redirect in a loop': {
    pages: { '/': link('/a'), '/a': redirect('/b'), '/b': redirect('/a') },
    broken: { '/a': from('/', 'redirects in a loop, back to /a') },
    count: 2,
  },
  'a meta refresh': {
    pages: { '/': '<meta http-equiv="refresh" content="0; url=/next">', '/next': 'x' },
    count: 2,
  },
  'a Refresh header': {
    pages: { '/': { headers: { refresh: '0; url=/next' }, body: '<p>Wait</p>' }, '/next': link('/gone') },
    broken: { '/gone': from('/next', NOT_FOUND) },
    count: 3,
  },
  'a server error': {
    pages: { '/': link('/boom'), '/boom': { status: 500 } },
    broken: { '/boom': from('/', 'responded 500 Internal Server Error') },
    count: 2,
  },
  'an empty page': {
    pages: { '/': link('/blank'), '/blank': { body: '' } },
    broken: { '/blank': from('/', 'responded 200 OK with an empty body') },
    count: 2,
  },
  'a missing stylesheet on every page': {
    pages: Object.fromEntries(
      ['/', '/a', '/b'].map((path) => [path, `<link rel="stylesheet" href="/app.css">${link('/a', '/b')}`]),
    ),
    broken: Object.fromEntries(['/', '/a', '/b'].map((path) => [path, `style /app.css ${NOT_FOUND}`])),
    count: 3,
  },
  'a font that a stylesheet misses': {
    pages: {
      '/': `<link rel="stylesheet" href="/css/app.css">${link('/a')}`,
      '/css/app.css': '@font-face { src: url(../fonts/a.woff2) }',
      '/a': 'x',
    },
    broken: { '/': `font /fonts/a.woff2 ${NOT_FOUND}; loaded by style /css/app.css` },
    count: 2,
  },
  'an import within an import': {
    pages: {
      '/': `<style>@import "/a.css";</style>${link('/x')}`,
      '/a.css': '@import url(b.css);',
      '/b.css': 'p { background: url(gone.png) }',
      '/x': 'x',
    },
    broken: { '/': `image /gone.png ${NOT_FOUND}; loaded by style /b.css` },
    count: 2,
  },
  'a missing image in a srcset': {
    pages: { '/': `<img src="/a.png" srcset="/a.png 1x, /b.png 2x">${link('/x')}`, '/a.png': 'x', '/x': 'x' },
    broken: { '/': `image /b.png ${NOT_FOUND}` },
    count: 2,
  },
  'a page that answers for a missing script': {
    pages: {
      '/': `<script type="module" src="/chunk.js"></script>${link('/x')}`,
      '/chunk.js': typed('text/html', SHELL),
      '/x': 'x',
    },
    broken: { '/': 'script /chunk.js ' },
    count: 2,
  },
  'scripts that no browser runs': {
    pages: {
      '/': `<script type="text/template" src="/t.js"></script><script nomodule src="/old.js"></script>
        <template><img src="/t.png"></template><!-- <img src="/c.png"> -->${link('/x')}`,
      '/x': 'x',
    },
    count: 2,
  },
  'a single-page app': {
    pages: { '/': SHELL, '/app.js': 'render()' },
    count: 1,
    warnings: ['1 page is built by script, so only its shell was checked: /.'],
  },
  'a site with some pages built by script': {
    pages: {
      '/': link(...many(5, '/app/')),
      ...Object.fromEntries(many(5, '/app/').map((path) => [path, SHELL])),
      '/app.js': 'render()',
    },
    count: 6,
    warnings: ['5 pages are built by script, so only their shells were checked: /app/0, /app/1, /app/2, ….'],
  },
  'a page that is too large': {
    pages: { '/': link('/large'), '/large': PADDING + link('/beyond') },
    count: 2,
    warnings: ['1 page is larger than the limit, so its end was not checked: /large.'],
  },
  'a page with too many links': {
    pages: { '/': link('/index'), '/index': link(...many(6_000, '/?p=')) },
    settings: { max_pages: 2 },
    count: 2,
    warnings: [
      '1,000 references of pages were not checked, because they are too long or too many: /index.',
      "The check was limited to 2 pages by the app's settings",
    ],
  },
  'a shop with a log-out link': {
    pages: { '/': link('/cart', '/logout'), '/cart': link('/cart/remove?item=1', '/logout'), '/logout': 'x' },
    count: 2,
    warnings: [
      '2 links were not followed because they look like log-out or delete links: /cart/remove?item=1, /logout.',
    ],
  },
  'a blog of which the archive is excluded': {
    pages: { '/': link('/archive/1', '/post'), '/post': 'x' },
    settings: { exclude: ['/archive/**'] },
    count: 2,
    warnings: ["1 page was not opened because the app's settings exclude it: /archive/1."],
  },
  'files to download': {
    pages: {
      '/': link('/a.pdf', '/b.zip', '/gone.pdf'),
      '/a.pdf': typed('application/pdf', '%PDF-1.7'),
      '/b.zip': typed('application/zip', 'PK'),
    },
    broken: { '/gone.pdf': from('/', NOT_FOUND) },
    count: 4,
  },
  'a page in an old charset': {
    pages: {
      '/': { headers: { 'content-type': 'text/html; charset=windows-1252' }, body: link('/s?q=a') },
      '/s': 'x',
    },
    count: 2,
  },
  'a login wall': {
    pages: { '/': { status: 401 } },
    broken: { '/': 'responded 401 Unauthorized' },
    count: 1,
  },
  'a page for guests only': {
    pages: { '/': link('/admin'), '/admin': { status: 403 } },
    broken: { '/admin': from('/', 'responded 403 Forbidden') },
    count: 2,
  },
  'links in frames, areas and forms': {
    pages: {
      '/': '<iframe src="/frame"></iframe><map><area href="/area"></map><form action="/post" method="post"></form>',
      '/frame': 'x',
      '/area': 'x',
    },
    count: 3,
  },
  'links that lead nowhere on purpose': {
    pages: { '/': link('#', '', 'javascript:void(0)', 'mailto:a@b.example', 'tel:1', '/x'), '/x': 'x' },
    count: 2,
  },
  'a missing anchor, not asked for': { pages: { '/': link('/a#gone'), '/a': 'x' }, count: 2 },
  'a missing anchor, asked for': {
    pages: { '/': link('/a#gone', '/a#there'), '/a': '<h2 id="there">x</h2>' },
    settings: { fragments: true },
    broken: { '/': 'link /a#gone has no target' },
    count: 2,
  },
  'a video and its captions': {
    pages: {
      '/': `<video poster="/p.jpg"><source src="/v.mp4"><track src="/gone.vtt"></video>${link('/x')}`,
      '/p.jpg': 'x',
      '/v.mp4': typed('video/mp4', 'x'),
      '/x': 'x',
    },
    broken: { '/': `media /gone.vtt ${NOT_FOUND}` },
    count: 2,
  },
  'an icon and a manifest': {
    pages: {
      '/': `<link rel="icon" href="/gone.ico"><link rel="manifest" href="/app.webmanifest">${link('/x')}`,
      '/app.webmanifest': typed('application/manifest+json', '{}'),
      '/x': 'x',
    },
    broken: { '/': `image /gone.ico ${NOT_FOUND}` },
    count: 2,
  },
  'an app under a path': {
    pages: { '/docs/': link('/', 'a'), '/docs/a': 'x', '/': link('/gone') },
    start: '/docs/',
    broken: { '/gone': from('/', NOT_FOUND) },
    count: 4,
  },
};
