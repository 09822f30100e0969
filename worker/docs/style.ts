/** How the docs page looks: the colours and faces of the market, in light and dark, from 320 pixels on. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f7f7f4, #131218);
  --leaf: light-dark(#ffffff, #1b1a22);
  --ink: light-dark(#1c1a22, #ece9e1);
  --faded: light-dark(#5d5a66, #aaa6b1);
  --line: light-dark(#dcdad4, #34323d);
  --rubric: light-dark(#b3201b, #ff8672);
  --book: "EB Garamond Variable", "Iowan Old Style", Palatino, Georgia, serif;
  --hand: "Alegreya Sans", "Gill Sans", Calibri, "Segoe UI", sans-serif;
  --mono: ui-monospace, "Cascadia Mono", Menlo, monospace;
}
@media (prefers-contrast: more) {
  :root { --paper: light-dark(#fff, #000); --leaf: light-dark(#fff, #000); --ink: light-dark(#000, #fff);
    --faded: light-dark(#2b2930, #dedce3); --line: light-dark(#57545e, #a5a2ac); --rubric: light-dark(#8f0d09, #ffab9c); }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 106.25%/1.5 var(--hand); scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: anywhere; }
a { color: var(--rubric); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--rubric); outline-offset: 2px; }
h1, h2, h3 { font-family: var(--book); font-weight: 500; line-height: 1.15; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(2rem, 1.5rem + 2.4vw, 3.2rem); }
h2 { font-size: 1.75rem; color: var(--rubric); text-transform: capitalize; margin: 3rem 0 0.5rem; }
h3 { font-size: 1.4rem; }
h4 { margin: 1.4rem 0 0.4rem; font-size: 0.95rem; letter-spacing: 0.02em; color: var(--faded); }
code, pre { font-family: var(--mono); font-size: 0.86em; }
pre { margin: 0.4rem 0; padding: 0.8rem 1rem; overflow-x: auto; border: 1px solid var(--line); background: var(--paper); line-height: 1.5; overflow-wrap: normal; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--leaf); padding: 0.5rem; z-index: 2; }
.top { padding: 2.5rem 1.2rem 1.5rem; max-width: 84rem; margin: 0 auto; }
.top p { max-width: 44rem; }
.top form { margin-top: 1.2rem; }
label { display: block; margin-bottom: 0.3rem; }
input { font: inherit; width: 100%; max-width: 34rem; padding: 0.6rem 0.8rem; min-height: 44px; color: inherit; background: var(--leaf); border: 1px solid var(--faded); border-radius: 2px; }
.columns { max-width: 84rem; margin: 0 auto; padding: 0 1.2rem 4rem; }
nav ol { list-style: none; margin: 0 0 1rem; padding: 0; }
nav a { display: flex; gap: 0.5rem; padding: 0.2rem 0; text-decoration: none; color: inherit; min-height: 32px; align-items: baseline; }
nav a:hover { color: var(--rubric); }
nav strong { font-family: var(--book); font-weight: 500; color: var(--rubric); text-transform: capitalize; }
.verb { font: 700 0.72rem/1 var(--mono); letter-spacing: 0.04em; min-width: 3.2rem; color: var(--faded); }
.verb[data-writes] { color: var(--rubric); }
article { background: var(--leaf); border: 1px solid var(--line); padding: 1.1rem 1.2rem; margin: 1rem 0; }
article:target { border-color: var(--rubric); }
article > .path { margin: 0.3rem 0 0.6rem; }
article > .path code { font-size: 0.95em; }
article h3 a { color: inherit; text-decoration: none; }
article p { margin: 0.5rem 0; max-width: 46rem; }
dl { margin: 0; }
dl > div { display: grid; gap: 0.1rem 1rem; padding: 0.4rem 0; border-top: 1px solid var(--line); }
dt code { font-weight: 700; }
dd { margin: 0; }
.type { color: var(--faded); font-size: 0.9em; }
.must { color: var(--rubric); font-size: 0.85em; }
details { border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: 0.55rem 0; min-height: 44px; display: flex; gap: 0.6rem; align-items: center; }
summary::before { content: "+"; font-family: var(--mono); color: var(--rubric); width: 1ch; }
details[open] > summary::before { content: "\\2212"; }
.fields { list-style: none; margin: 0; padding: 0 0 0.6rem; }
.fields .fields { border-left: 1px solid var(--line); padding: 0 0 0 0.9rem; margin: 0.2rem 0 0.2rem 0.2rem; }
.fields li { padding: 0.25rem 0; }
.none { color: var(--faded); }
[hidden] { display: none !important; }
@media (min-width: 36rem) { dl > div { grid-template-columns: minmax(9rem, 16rem) 1fr; } }
@media (min-width: 62rem) {
  .columns { display: grid; grid-template-columns: 19rem minmax(0, 1fr); gap: 2.5rem; }
  nav { position: sticky; top: 0; max-height: 100dvh; overflow-y: auto; padding: 1rem 0; font-size: 0.92rem; }
  main > section:first-of-type h2 { margin-top: 1rem; }
}
@media (max-width: 61.99rem) { nav { display: none; } }
@media print { nav, .top form { display: none; } article { break-inside: avoid; } }
`
