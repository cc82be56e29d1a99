/** The telephone in the colours of the house. Light, dark and more contrast follow the reader's machine. */
export const phoneStyle = `:root{color-scheme:light;--desk:#e4e8e3;--list:#eff2ee;--list-hover:#e3e9e4;--sheet:#fdfdfc;--ink:#15211c;
--ink-quiet:#45524c;--line:#d6dcd7;--line-firm:#b3beb7;--line-field:#6f7c75;--act:#0e5a43;--act-hover:#0a4533;--act-on:#fff;
--act-tint:#e2efe8;--halt-tint:#fbeae5;--halt-line:#a42c19;--halt-ink:#8b2312;--note:#1b4f7e;--focus:#0b4fc4;--gap:#fff;
--frame:#10281f;
--office:"Source Sans 3 Variable","Source Sans 3",system-ui,sans-serif;
--serif:"Source Serif 4 Variable","Source Serif 4",Charter,Cambria,Georgia,serif}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;--desk:#0c1411;--list:#151f1b;--list-hover:#202d28;--sheet:#1a2521;
--ink:#e7ede9;--ink-quiet:#b6c3bc;--line:#2b3833;--line-firm:#42524b;--line-field:#7f9087;--act:#83cdac;--act-hover:#a3dec3;
--act-on:#06251a;--act-tint:#1c3a2e;--halt-tint:#43211b;--halt-line:#f2998a;--halt-ink:#f7b5a8;--note:#8fc0ea;--focus:#9cc9ff;
--gap:#0c1411;--frame:#42524b}}
@media (prefers-contrast:more){:root{--desk:#fff;--list:#fff;--list-hover:#e6e6e6;--sheet:#fff;--ink:#000;--ink-quiet:#000;
--line:#000;--line-firm:#000;--line-field:#000;--act:#003d2b;--act-hover:#000;--act-on:#fff;--act-tint:#fff;--halt-tint:#fff;
--halt-ink:#7a1003;--note:#00315c;color-scheme:light}}
*,::before,::after{box-sizing:border-box}
html{background:var(--desk);-webkit-text-size-adjust:100%}
body{margin:0;font:400 1rem/1.375rem var(--office);color:var(--ink);overflow-wrap:anywhere;display:grid;gap:1.5rem 2rem;
grid-template-columns:minmax(0,1fr);max-inline-size:68rem;margin-inline:auto;padding:1.25rem}
h1,h2,p,ul,ol{margin:0;padding:0}ul,ol{list-style:none}
h1{font:600 1.5rem/1.875rem var(--office)}h2{font:600 1.125rem/1.5rem var(--office)}
a{color:var(--note);text-underline-offset:.18em}
button,input,select,textarea{font:inherit;color:inherit}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;box-shadow:0 0 0 2px var(--gap)}
header p{color:var(--ink-quiet)}
nav ul{border-block:1px solid var(--line-firm);margin-block:.5rem;max-block-size:16rem;overflow-y:auto}
nav li+li{border-block-start:1px solid var(--line)}
nav li a{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 .75rem;padding:.5rem .75rem;color:inherit;
text-decoration:none;background:var(--list)}
nav li a:hover{background:var(--list-hover)}nav b{font:600 1rem/1.375rem var(--serif)}
nav small{font-size:.8125rem;color:var(--ink-quiet)}
nav span{grid-column:1/-1;color:var(--ink-quiet);font-size:.875rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
nav a[aria-current]{background:var(--sheet);border-inline-start:4px solid var(--act);padding-inline-start:.5rem}
.other label{display:block;font-size:.875rem;color:var(--ink-quiet)}.other div{display:flex;gap:.5rem}
input,select,textarea{inline-size:100%;min-block-size:2.75rem;border:1px solid var(--line-field);border-radius:4px;
background:var(--sheet);padding:.5rem .75rem}
textarea{resize:vertical;font-family:var(--serif)}
button{flex:none;min-block-size:2.75rem;padding-inline:1rem;border:1px solid var(--line-field);border-radius:4px;background:var(--sheet);
cursor:pointer}
button.go{background:var(--act);border-color:var(--act);color:var(--act-on);font-weight:600}button.go:hover{background:var(--act-hover)}
#notice p{background:var(--halt-tint);color:var(--halt-ink);border-inline-start:4px solid var(--halt-line);padding:.75rem 1rem;
margin-block-end:1rem}
.phone{max-inline-size:27rem;margin-inline:auto;background:var(--sheet);border:.625rem solid var(--frame);border-radius:1.75rem;
padding:1rem}
.phone h2{font-family:var(--serif);text-align:center}
.addresses{text-align:center;font-size:.875rem;color:var(--ink-quiet);padding-block-end:.5rem}.addresses span{margin-inline:.375rem}
#log{block-size:min(26rem,55vh);overflow-y:auto;border-block:3px double var(--line-firm);padding-block:.25rem}
#lines li{padding:.625rem .75rem;border-block-start:1px solid var(--line)}#lines li:first-child{border:0}
#lines .hers{background:var(--act-tint);margin-inline-start:2.5rem}#lines .theirs{margin-inline-end:1.5rem}
#lines .none{color:var(--ink-quiet)}
.who{font-size:.8125rem;line-height:1.125rem;color:var(--ink-quiet)}.who i{font-style:normal;border:1px solid var(--line-field);
border-radius:2px;padding-inline:.25rem;font-size:.75rem}
.subject{font:600 1rem/1.375rem var(--serif)}.words{font:400 1rem/1.5rem var(--serif);white-space:pre-wrap}
#write{display:grid;gap:.25rem;padding-block-start:.75rem}#write label{font-size:.875rem;color:var(--ink-quiet)}
#write .go{margin-block-start:.5rem}
.subject-field{display:none}form:has(option.mail:checked) .subject-field{display:block}
@media (min-width:52rem){body{grid-template-columns:20rem minmax(0,1fr);padding:2rem}header{grid-column:1/-1}
nav ul{max-block-size:38rem}}
@media (forced-colors:active){nav a[aria-current]{border-inline-start-color:Highlight}
#lines .hers{border-inline-start:4px solid CanvasText}}
`
