import { ALTERNATIVES, type BrowserRow, CONDITIONS } from './browser-row.ts';

/** What styles load. */
export const CSS_ROWS: readonly BrowserRow[] = [
  // Where CSS is
  { page: '<style>p { background: url(a.png) }</style><p>x', both: 'a.png' },
  {
    page: '<style type=text/x>p { background: url(a.png) }</style><style media=print>@import "b.css";</style><p>x',
    both: 'b.css',
  },
  { page: '<p style="background: url(&quot;a.png&quot;)" style="background: url(b.png)">x', both: 'a.png' },
  {
    page: '<p style="a: b; {c: d} background: url(a.png)">x<p style="}; background: url(b.png">x',
    both: 'b.png',
  },
  { page: '<svg><style>p { background: url(a.png) }</style></svg><p>x', both: 'a.png' },
  {
    page: '<link rel=stylesheet href=css/a.css><p>x',
    files: {
      'css/a.css': '@import "b.css"; p { background: url(../c.png) }',
      'css/b.css': 'p { list-style: url("d.png") }',
    },
    both: 'css/a.css css/b.css c.png css/d.png',
  },
  // Values
  {
    page: `<style>p { background: URL( "a.png" ) , u\\72l('b.png'), url( c.png ) } /* url(x.png) */</style><p>x`,
    both: 'a.png b.png c.png',
  },
  {
    page: '<style>p::before { content: url("a\\000020b.png") url(\\63 .png) url(d\\28 .png) }</style><p>x',
    both: 'a%20b.png c.png d(.png',
  },
  {
    page: '<style>p { background: url(#x), url(""), url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) }</style><p>x',
  },
  { page: '<style>p { background: url(a b.png) } b { background: url("c.png\n) }\n</style><p>x<b>y' },
  {
    page: '<style>p { background: image-set("a.png" 1x type("image/png"), url(b.png) 2x) } b { background: -webkit-image-set("c.png" 1x) }</style><p>x<b>y',
    both: 'a.png c.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<style>p { background: src("a.png") } b { content: "url(b.png)" } i { background: -webkit-cross-fade(url(c.png), url(d.png), 50%) }</style><p>x<b>y<i>z',
    both: 'c.png d.png',
  },
  {
    page: '<style>p { cursor: url(a.png), auto; filter: url(b.svg#x); clip-path: url(c.svg#x); border-image: url(d.png) 1; mask: url(e.svg#x) }</style><p>x',
    both: 'a.png b.svg c.svg d.png e.svg',
  },
  {
    page: '<style>p { behavior: url(a.htc); -moz-binding: url(b.xml); _background: url(c.png); src: url(d.png); *background: url(e.png) }</style><p>x',
  },
  {
    page: '<style>p { background: var(--x); --x: url(a.png); --y: {b: url(b.png)} }</style><p>x',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: 'scripts and other stylesheets may use the property',
  },
  {
    page: '<style>p { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src="a.png") }</style><p>x',
  },
  // Rules
  {
    page: '<style>p { & b { background: url(a.png) } &:is(b) { color: red } @media all { background: url(b.png) } }</style><p>x<b>y',
    both: 'a.png b.png',
  },
  {
    page: '<style><!-- p { background: url(a.png) } --> b { color: rgb(1 } i { background: url(b.png) }</style><p>x<b>y<i>z',
    both: 'a.png',
  },
  {
    page: '<style>@media print { p { background: url(a.png) } } @supports (x: url(b.png)) { p { background: url(c.png) } } q { background: url(d.png) }</style><p>x',
    walkerAlone: 'a.png c.png d.png',
    because: CONDITIONS,
  },
  {
    page: '<style>@-moz-document url-prefix() { p { background: url(a.png) } } @namespace y url(b); @layer x { p { background: url(c.png) } }</style><p>x',
    both: 'c.png',
  },
  {
    page: '<style>@keyframes x { from { background: url(a.png) } to { background: url(b.png) } } p { animation: x 1s paused }</style><p>x',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: CONDITIONS,
  },
  // Imports
  {
    page: '<style>@charset "x"; @layer a; @import "a.css"; @import url(b.css) layer(x) supports(display: grid) print; @import url( "c.css" ) foo(bar);</style>',
    both: 'a.css b.css c.css',
  },
  { page: '<style>p { color: red } @import "a.css"; @media all { @import "b.css"; }</style>' },
  { page: '<style>@x; @y { p { color: red } } @import "a.css" { } @import "b.css"</style>', both: 'b.css' },
  {
    page: '<style>@layer a { } @import "a.css";</style><style>@namespace y url(b); @import "c.css";</style><style>@import d.css; @import url(e f.css);</style>',
  },
  {
    page: '<link rel=stylesheet href=a.css>',
    files: { 'a.css': '@import "b.css"; @layer c; @import "d.css";' },
    both: 'a.css b.css',
  },
  { page: '<style>@import "a.css" supports(nope: 1);</style>', walkerAlone: 'a.css', because: CONDITIONS },
  // Fonts
  {
    page: '<style>@font-face { font-family: x; src: local("none"), url(a.woff2) format("woff2"), url(b.woff) } p { font-family: x }</style><p>x',
    both: 'a.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url(a.eot); src: url(b.eot?#iefix) format("embedded-opentype"), url(c.svg#x) format("svg"), url(d.woff) format(woff) } p { font-family: x }</style><p>x',
    both: 'd.woff',
  },
  { page: '<style>@font-face { font-family: x; src: url(a.eot) } p { font-family: x }</style><p>x' },
  {
    page: '<style>@font-face { font-family: x; src: url(a.woff2) format("woff2"); src: url(b.svg) format("svg") } p { font-family: x }</style><p>x',
    both: 'a.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url(a.woff2) format(woff2) tech(color-SVG), url(b.woff2) format(woff2) tech(variations) } p { font-family: x }</style><p>x',
    both: 'b.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url("a.woff2") } p { font-family: y }</style><p>x',
    walkerAlone: 'a.woff2',
    because: CONDITIONS,
  },
  {
    page: '<style>@font-face { font-family: x; src: url(data:font/woff2;base64,AAAA) format("woff2"), url(a.woff) } p { font-family: y }</style><p>x',
  },
];
