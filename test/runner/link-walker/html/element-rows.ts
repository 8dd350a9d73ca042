import { ALTERNATIVES, type BrowserRow } from './browser-row.ts';

/** What elements load. */
export const ELEMENT_ROWS: readonly BrowserRow[] = [
  // Images
  { page: '<img src=a.png><img srcset="b.png">', both: 'a.png b.png' },
  { page: '<img src=a.png loading=lazy><input type=image src=b.png>', both: 'a.png b.png' },
  {
    page: '<img srcset="a.png 1x, b.png 2x" src=c.png>',
    both: 'a.png',
    walkerAlone: 'b.png c.png',
    because: ALTERNATIVES,
  },
  { page: '<img srcset="my photo.jpg 2x, a.png 1x">', both: 'a.png' },
  { page: '<img src=""><img src=" "><img src="#x"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">' },
  {
    page: '<picture><source srcset=a.png><img src=b.png></picture>',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<source srcset=a.png src=b.png><track src=c.vtt>',
    walkerAlone: 'c.vtt',
    because: 'tracks are never alone in practice',
  },
  {
    page: '<body background=a.png><table background=b.png><tr background=c.png><td background=d.png>x',
    both: 'a.png b.png c.png d.png',
  },
  {
    page: '<template><img src=a.png></template><!-- <img src=b.png> --><div><template shadowrootmode=open><img src=c.png></template></div>',
    both: 'c.png',
  },
  {
    page: '<noscript><img src=a.png></noscript>',
    walkerAlone: 'a.png',
    because: 'scripts load the same files, and the walker runs none',
  },
  // SVG
  {
    page: '<svg><image href=a.png /><image xlink:href=b.png /><use href="c.svg#x" /><use href="#x" /></svg>',
    both: 'a.png b.png c.svg',
  },
  {
    page: '<svg><filter><feImage href=a.png /></filter><script href=b.js></script><script xlink:href=c.js></script></svg>',
    both: 'a.png b.js c.js',
  },
  {
    page: '<svg><use href="#x" xlink:href="a.svg#x" /></svg><use href="b.svg#x"></use><image src=c.png>',
    both: 'c.png',
  },
  { page: '<svg><div><img src=a.png></div><script src=b.js></script>', both: 'a.png b.js' },
  // Media and objects
  { page: '<video src=a.mp4 poster=b.png></video><audio src=c.mp3></audio>', both: 'a.mp4 b.png c.mp3' },
  {
    page: '<video><source src=a.webm><source src=b.mp4><track default src=c.vtt></video>',
    both: 'a.webm b.mp4 c.vtt',
  },
  {
    page: '<video preload=none src=a.mp4></video>',
    walkerAlone: 'a.mp4',
    because: 'it is loaded when the reader plays it',
  },
  {
    page: '<object data=a.svg><object data=b.svg></object><embed src=c.svg><img src=d.png></object>',
    both: 'a.svg d.png',
  },
  { page: '<embed src=a.svg>', both: 'a.svg' },
  // Scripts
  {
    page: '<script src=a.js></script><script type="" src=b.js></script><script type=" Text/JavaScript " src=c.js></script>',
    both: 'a.js b.js c.js',
  },
  {
    page: '<script type=module src=a.js></script><script type=module nomodule src=b.js></script><script nomodule src=c.js></script>',
    both: 'a.js b.js',
  },
  {
    page: '<script type=text/html src=a.js></script><script type=application/json src=b.js></script><script type=importmap src=c.js></script><script type=speculationrules src=d.js></script><script type="text/javascript;x" src=e.js></script>',
  },
  {
    page: '<script language=vbscript src=a.js></script><script language=JavaScript1.2 src=b.js></script>',
    both: 'b.js',
  },
  // Links that load
  {
    page: '<link rel=stylesheet href=a.css><link rel=stylesheet media=print href=b.css><link rel="StyleSheet" type="text/css" href=c.css>',
    both: 'a.css b.css c.css',
  },
  {
    page: '<link rel=stylesheet disabled href=a.css><link rel=stylesheet type=text/less href=b.css><link rel=stylesheet href=""><link rel=stylesheet/less href=c.css>',
    browserMay: 'a.css',
    because: 'what looks ahead for things to load does not know `disabled`',
  },
  {
    page: '<link rel="alternate stylesheet" title=x href=a.css><link rel=alternate href=b.css>',
    both: 'a.css',
  },
  {
    page: '<link rel=preload as=script href=a.js><link rel=preload as=style href=b.css><link rel=preload as=image href=c.png>',
    both: 'a.js b.css c.png',
  },
  {
    page: '<link rel=preload href=a.js><link rel=preload as=x href=b.js><link rel=preload as=video href=c.mp4><link rel=preload as=json href=d.json><link rel=preload as=worker href=e.js>',
  },
  {
    page: '<link rel=preload as=image imagesrcset="a.png 1x, b.png 2x" href=c.png>',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<link rel=modulepreload href=a.js><link rel=modulepreload as=style href=b.css><link rel=modulepreload as=json href=c.json>',
    both: 'a.js b.css c.json',
  },
  {
    page: '<link rel=prefetch href=a.js><link rel="preload stylesheet" as=style href=b.css>',
    both: 'a.js b.css',
  },
  {
    page: '<link rel="shortcut icon" href=a.png><link rel=apple-touch-icon href=b.png><link rel=manifest href=c.json>',
    walkerAlone: 'a.png b.png c.json',
    because: 'a browser without windows has no place for them',
  },
  {
    page: '<link rel=canonical href=a><link rel=dns-prefetch href=b><link rel=next href=c><a href=d ping=e>x</a><form action=f></form><blockquote cite=g>x</blockquote>',
  },
  // Bases
  { page: '<base><base href=x/><base href=y/><img src=a.png>', both: 'x/a.png' },
  { page: '<img src=a.png><base target=_blank><base href=x/><img src=b.png>', both: 'a.png x/b.png' },
  // Frames and refreshes
  {
    page: '<iframe src=a.html></iframe><iframe srcdoc=x src=b.html></iframe>',
    both: 'a.html',
    hasFrames: true,
  },
  { page: '<frameset><frame src=a.html></frameset>', both: 'a.html', hasFrames: true },
  ...[
    ['0; URL=a.html', 'a.html'],
    ['0,url=a.html', 'a.html'],
    ['0;a.html', 'a.html'],
    ['0 a.html', 'a.html'],
    ['.0 ; url = "a.html"b', 'a.html'],
    ["0;url='a.html'b", 'a.html'],
    ['0;"a.html"', 'a.html'],
    ['0; url="a.html', 'a.html'],
    ['0;;a.html', ';a.html'],
    ['0a.html', ''],
    ['a.html', ''],
    ['-0;url=a.html', ''],
    ['url=a.html', ''],
  ].map(([content = '', both = '']) => ({
    page: `<meta http-equiv=Refresh content='${content.replaceAll("'", '&#39;')}'>`,
    both,
    hasFrames: true,
  })),
];
