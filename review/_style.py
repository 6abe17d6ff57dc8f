"""How a report looks: one column, readable on a phone and on a desk, by day and by night, and on paper."""

from typing import Final

STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --faint: #5d6670; --line: #d4d9de; --box: #f4f6f8;
  --plus: #0b6b2e; --minus: #b3261e; --note: #8a5a00; --anew: #7c3aad; --plus-box: #e7f5ec; --minus-box: #fdecea;
  --note-box: #fdf3e1; --anew-box: #f4ebfb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14171a; --faint: #9aa4ae; --line: #343b42; --box: #1d2126; --plus: #6fd08c;
    --minus: #ff8a80; --note: #f0b45a; --anew: #d3a6f5; --plus-box: #15291c; --minus-box: #331b1a;
    --note-box: #30260f; --anew-box: #291d33; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.2rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
header { border: 1px solid; border-left-width: .5rem; border-radius: .5rem; padding: .8rem 1.1rem; }
header.blocked { border-color: var(--minus); background: var(--minus-box); }
header.careful { border-color: var(--note); background: var(--note-box); }
header.routine { border-color: var(--plus); background: var(--plus-box); }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; } header p { margin: .3rem 0 0; }
header p, header .why { color: var(--ink); } .why { font-size: 1.1rem; }
.blocked h1 { color: var(--minus); } .careful h1 { color: var(--note); } .routine h1 { color: var(--plus); }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p, small, footer, figcaption { color: var(--faint); } small { font-size: .84rem; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; font-size: .9rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th { font-weight: 600; font-size: .8rem; color: var(--faint); }
th, td { text-align: left; vertical-align: top; padding: .5rem 1.2rem .5rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td ul { margin: .2rem 0 0; padding-left: 1.1rem; }
code, pre { font: .86rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
td code { overflow-wrap: break-word; } td[data-name=stack] code, td[data-name=rule] code,
td[data-name=check] code { white-space: nowrap; }
.pill { display: inline-block; border-radius: 1rem; padding: 0 .6rem; font-size: .84rem; font-weight: 600;
  white-space: nowrap; color: var(--faint); background: var(--box); }
.pill.refused, .pill.delete { color: var(--minus); background: var(--minus-box); }
.pill.careful, .pill.update { color: var(--note); background: var(--note-box); }
.pill.create, .pill.import { color: var(--plus); background: var(--plus-box); }
.pill.replace { color: var(--anew); background: var(--anew-box); }
header .pill { background: var(--paper); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: 0 0 1rem; }
dt { color: var(--faint); } dd { margin: 0; min-width: 0; }
.over { color: var(--minus); } .figures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
figure { margin: 0; max-width: 100%; padding: .9rem; border: 1px solid var(--line); border-radius: .5rem; }
figcaption { margin-bottom: .6rem; } figure svg { display: block; }
figure .wide:focus-visible, summary:focus-visible { outline: 2px solid var(--note); outline-offset: 2px; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .6rem 0; }
summary { cursor: pointer; padding: .55rem .9rem; } .counts { margin-left: .4rem; }
.many { display: inline-block; border: 0; margin: 0; vertical-align: top; }
.many > summary { padding: 0; white-space: nowrap; }
.change { border: 0; border-top: 1px solid var(--line); border-radius: 0; margin: 0; color: var(--ink); }
p.change { padding: .45rem .9rem .45rem 1.9rem; } .change > summary { padding: .45rem .9rem; }
.sign { display: inline-block; min-width: 1.1rem; text-align: center; font-weight: 700; }
.sign.create, .sign.import { color: var(--plus); } .sign.update { color: var(--note); }
.sign.replace { color: var(--anew); } .sign.delete { color: var(--minus); }
pre { margin: 0; padding: .5rem 0; overflow-x: auto; background: var(--box); }
pre span { display: block; white-space: pre-wrap; min-height: 1.3em; padding: 0 .9rem 0 1.9rem; text-indent: -1rem; }
.plus { color: var(--plus); background: var(--plus-box); } .minus { color: var(--minus); background: var(--minus-box); }
.note { color: var(--note); background: var(--note-box); }
details > details:last-child pre { border-radius: 0 0 .5rem .5rem; }
@media (max-width: 40rem) { body { padding: .8rem; } thead { display: none; }
  table, tbody, tr, td { display: block; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td, td.number { border: 0; padding: .12rem 0; text-align: left; }
  td[data-name]::before { content: attr(data-name) ": "; color: var(--faint); font-size: .84rem; }
  td[data-name=level]::before, td[data-name=what]::before { content: none; }
  td:empty { display: none; } td code { overflow-wrap: anywhere; }
  pre span, p.change { padding-left: 1.6rem; padding-right: .6rem; } summary { padding: .5rem .6rem; }
  figure { padding: .6rem; } }
@media print { details:not([open]) > *:not(summary) { display: block; } }
"""
