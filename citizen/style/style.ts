import { fontFaces } from './fonts.ts'

/**
 * The look of the pages: one thing under another, large, with the colours of the house. Light, dark and more contrast follow
 * the reader's machine.
 */
export const style = `${fontFaces}:root{color-scheme:light;--sheet:#fdfdfc;--desk:#e4e8e3;--lifted:#fff;
--ink:#15211c;--ink-quiet:#45524c;--line:#d6dcd7;--line-firm:#b3beb7;--line-field:#6f7c75;
--act:#0e5a43;--act-hover:#0a4533;--act-on:#fff;--act-tint:#e2efe8;
--halt:#a42c19;--halt-tint:#fbeae5;--halt-ink:#8b2312;--note:#1b4f7e;--focus:#0b4fc4;--gap:#fff;
--office:"Source Sans 3 Variable","Source Sans 3","Noto Sans Arabic Variable","Noto Sans Arabic","Segoe UI","Helvetica Neue",
Arial,sans-serif;
--serif:"Source Serif 4 Variable","Source Serif 4","Noto Sans Arabic Variable","Noto Sans Arabic",Charter,Cambria,Georgia,serif}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;--sheet:#1a2521;--desk:#0c1411;--lifted:#24312c;
--ink:#e7ede9;--ink-quiet:#b6c3bc;--line:#2b3833;--line-firm:#42524b;--line-field:#7f9087;
--act:#83cdac;--act-hover:#a3dec3;--act-on:#06251a;--act-tint:#1c3a2e;
--halt:#f2998a;--halt-tint:#43211b;--halt-ink:#f7b5a8;--note:#8fc0ea;--focus:#9cc9ff;--gap:#0c1411}}
@media (prefers-contrast:more){:root{--ink:#000;--ink-quiet:#000;--line:#000;--line-firm:#000;--line-field:#000;
--sheet:#fff;--desk:#fff;--act:#003d2b;--act-hover:#000;--act-on:#fff;--act-tint:#fff;--halt:#7a1003;--halt-tint:#fff;
--halt-ink:#7a1003;--note:#00315c;--focus:#0000d6}}
@media (prefers-contrast:more) and (prefers-color-scheme:dark){:root{--ink:#fff;--ink-quiet:#fff;--line:#fff;
--line-firm:#fff;--line-field:#fff;--sheet:#000;--desk:#000;--act:#a3dec3;--act-hover:#fff;--act-on:#000;--act-tint:#000;
--halt:#ffd5cc;--halt-tint:#000;--halt-ink:#ffd5cc;--note:#cfe1ff;--focus:#cfe1ff;--gap:#000}}
*,::before,::after{box-sizing:border-box}
html{background:var(--sheet);-webkit-text-size-adjust:100%}
body{margin:0;font:400 1.1875rem/1.75rem var(--office);color:var(--ink);overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,fieldset{margin:0;padding:0;border:0}fieldset{min-inline-size:0}ul,ol{list-style:none}
button,input,select,textarea{font:inherit;color:inherit}
a,.link{color:var(--note);text-underline-offset:.18em}a:hover,.link:hover{text-decoration-thickness:3px}
.link{background:none;border:0;padding:0;min-block-size:2rem;text-decoration:underline;cursor:pointer}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;box-shadow:0 0 0 2px var(--gap)}
.skip{position:absolute;inset-block-start:-6rem;inset-inline-start:1rem;background:var(--lifted);padding:.5rem 1rem}
.skip:focus{inset-block-start:.5rem}
.in{max-inline-size:63rem;margin-inline:auto;padding-inline:1.25rem}
.top{border-block-end:6px solid var(--act)}
.top .in{display:flex;align-items:center;gap:.25rem 1.25rem;padding-block:.875rem;flex-wrap:wrap}
.top b{font:600 1.3125rem/1.625rem var(--serif);flex:1 1 12rem;min-inline-size:0}
.top nav{display:flex;gap:.25rem 1.25rem;flex-wrap:wrap;font-size:1rem}
.top nav a{min-block-size:2rem;display:inline-flex;align-items:center}.top .link{font-size:1rem}
.menu{display:flex;flex-wrap:wrap;gap:.25rem 1.75rem;padding-block-start:1rem;font-size:1.0625rem}
.menu a{min-block-size:2.25rem;display:inline-flex;align-items:center}
.menu a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none;border-block-end:3px solid var(--act)}
.said{background:var(--act-tint);border-inline-start:6px solid var(--act);padding:.875rem 1.125rem;
margin-block:1.5rem;max-inline-size:46rem}.said form{display:inline}
.said.problem{background:var(--halt-tint);border-color:var(--halt)}
main{padding-block:1.5rem 3.5rem;display:block;min-block-size:60vh}
.two{display:grid;grid-template-columns:minmax(0,1fr);gap:0 4rem}
h1{font:600 2.125rem/2.5rem var(--serif);letter-spacing:-.01em}
html:lang(ar) body{line-height:2.0625rem}html:lang(ar) h1{line-height:1.5;letter-spacing:0}
.lead{padding-block:.625rem 0;max-inline-size:36rem;color:var(--ink-quiet)}
.long{max-inline-size:40rem;padding-block-start:1rem}
.part{border-block-start:3px double var(--line-firm);margin-block-start:2rem;padding-block-start:1.125rem}
h2,legend{font:600 1.5rem/1.875rem var(--office);padding:0}
.asks{font-size:inherit;line-height:inherit}
.part>legend{float:inline-start;inline-size:100%;padding-block-end:.375rem}.part>legend+*{clear:both}
.hint{color:var(--ink-quiet);font-size:1.0625rem;line-height:1.5625rem;max-inline-size:36rem}
.what li{border-block-end:1px solid var(--line);padding-block:.875rem;display:grid;
grid-template-columns:minmax(0,1fr);gap:.375rem 1.5rem}.what li:last-child{border:0}
.what .t{font-weight:600;display:block}.what .hint{display:block}
.yn{display:flex;gap:.5rem;position:relative}.yn label{flex:1;position:relative}
.yn span{display:grid;place-content:center;place-items:center;grid-auto-flow:column;gap:.5rem;min-block-size:2.875rem;
min-inline-size:5rem;white-space:nowrap;border:2px solid var(--line-field);border-radius:4px;padding-inline:.75rem;cursor:pointer}
.yn input[type=radio]{position:absolute;opacity:0;inset:0;inline-size:100%;block-size:100%;margin:0;cursor:pointer}
.yn input:checked+span{background:var(--act);border-color:var(--act);color:var(--act-on);font-weight:600}
.yn input:checked+span::before{content:"✓"/""}
.yn .no input:checked+span{background:var(--ink);border-color:var(--ink);color:var(--sheet)}
.yn .no input:checked+span::before{content:"✕"/""}
.yn input:focus-visible+span{outline:3px solid var(--focus);outline-offset:2px}
.always{align-self:center;justify-self:start;border:2px solid var(--line-firm);border-radius:4px;
padding:.4375rem .875rem;color:var(--ink-quiet);font-size:1rem;line-height:1.5rem}
.row{display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem 1rem;padding-block:.5rem;max-inline-size:34rem}
.row label,.row .l,.field label{font-weight:600;align-self:center}
.field{padding-block-start:1.5rem;max-inline-size:34rem}.field label{display:block}.field .in2{margin-block-start:.5rem}
.in2{min-block-size:2.875rem;border:2px solid var(--line-field);border-radius:4px;background:var(--sheet);
padding:.25rem .75rem;inline-size:100%}textarea.in2{min-block-size:8rem;padding-block:.5rem}
.in2[aria-invalid]{border-color:var(--halt)}.wrong{color:var(--halt-ink);font-weight:600}
.code{font:600 1.75rem/2.5rem "Source Code Pro Variable",ui-monospace,monospace;letter-spacing:.2em;
max-inline-size:14rem}
.pair{display:flex;gap:.625rem;align-items:center;flex-wrap:wrap}
.pair .in2{inline-size:auto;flex:1;min-inline-size:6rem}
.box{display:flex;gap:.75rem;padding-block:.4375rem;align-items:flex-start}
.box input{inline-size:1.75rem;block-size:1.75rem;margin:0;flex:none;accent-color:var(--act)}
.go{display:inline-flex;align-items:center;justify-content:center;min-block-size:3.25rem;padding-inline:1.75rem;
border:2px solid var(--act);border-radius:4px;background:var(--act);color:var(--act-on);font-weight:600;
cursor:pointer}.go:hover{background:var(--act-hover)}
.go.plain{background:none;color:var(--halt-ink);border-color:var(--halt);min-block-size:2.875rem;font-size:1.0625rem;
padding-inline:1rem}.go.plain:hover{background:var(--halt-tint)}
.save{padding-block-start:1.75rem;display:flex;gap:1rem;align-items:center;flex-wrap:wrap}
.card{border:1px solid var(--line-firm);padding:1.125rem 1.25rem 1.25rem;margin-block-start:1.5rem;
font-size:1.0625rem;line-height:1.5625rem}.card h2{font-size:1.1875rem;line-height:1.625rem;padding-block-end:.5rem}
.card p+form,.card p+p,.card ul+p,.card ol+p,.card form+p{margin-block-start:.75rem}
.card .log{padding-block-start:0}.card>:last-child{margin-block-end:0}
.log{padding-block-start:1.5rem;max-inline-size:44rem}
.log>li{padding-block:.75rem;border-block-start:1px solid var(--line)}
.log time{display:block;color:var(--ink-quiet);font-size:1rem}
.words{font-family:var(--serif);display:inline}
.list{list-style:disc;padding-inline-start:1.5rem;max-inline-size:40rem;margin-block-start:.75rem}
summary{cursor:pointer;color:var(--note);min-block-size:2.75rem;display:inline-flex;align-items:center}
summary::before{content:"+";padding-inline-end:.5rem}[open]>summary::before{content:"−"}
.letter{border-inline-start:4px solid var(--act);padding-inline-start:1rem;margin-block:.5rem;display:block}
.letter.hers{border-color:var(--line-firm)}
footer{background:var(--desk);font-size:1rem;line-height:1.5rem}
footer .in{padding-block:1.5rem 2rem;display:flex;gap:.5rem 1.75rem;flex-wrap:wrap}footer a{min-block-size:1.75rem}
@media (pointer:coarse){.top nav a,.menu a,.link,footer a,.said a{min-block-size:2.75rem;min-inline-size:2.75rem;
display:inline-flex;align-items:center}}
@media (min-width:48rem){h1{font-size:2.75rem;line-height:3.125rem}.in{padding-inline:2rem}
main{padding-block-start:2.25rem}.two{grid-template-columns:minmax(0,1fr) 20rem}
.what li{grid-template-columns:minmax(0,1fr) auto}.yn{align-self:center}
.row{grid-template-columns:11rem minmax(0,1fr)}.two .card:first-child{margin-block-start:0}}
@media (forced-colors:active){.yn .yes input:checked+span,.yn .no input:checked+span{forced-color-adjust:none;
background:Highlight;color:HighlightText;border-color:Highlight}.said{border:2px solid CanvasText}}
@media print{.top nav,.menu,.save,.card form{display:none}}
`
