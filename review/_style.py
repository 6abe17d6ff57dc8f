"""How a report looks: one column, readable on a phone and on a desk, by day and by night."""

from typing import Final

STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --faint: #5d6670; --line: #d4d9de; --box: #f4f6f8;
  --plus: #0b6b2e; --minus: #b3261e; --note: #8a5a00; --blocked: #b3261e; --careful: #b45309; --routine: #18794e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14171a; --faint: #9aa4ae; --line: #343b42; --box: #1d2126; --plus: #6fd08c;
    --minus: #ff8a80; --note: #f0b45a; --blocked: #ff8a80; --careful: #f0b45a; --routine: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.4rem; margin: .5rem 0; border-left: .4rem solid; padding-left: .7rem; }
h1.blocked { border-color: var(--blocked); } h1.careful { border-color: var(--careful); }
h1.routine { border-color: var(--routine); }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
p, footer, summary small { color: var(--faint); } footer { border-top: 1px solid var(--line); margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; white-space: nowrap; }
code, pre { font: .86rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
td code { overflow-wrap: break-word; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .7rem; } summary:focus-visible { outline: 2px solid var(--careful); }
pre { margin: 0; padding: .6rem .7rem; overflow-x: auto; background: var(--box); }
pre span { display: block; white-space: pre-wrap; min-height: 1.2em; }
.plus { color: var(--plus); } .minus { color: var(--minus); } .note { color: var(--note); }
.head { font-weight: 600; } .head:not(:first-child) { margin-top: .6rem; }
@media (max-width: 40rem) { thead { display: none; } table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td, td.number { border: 0; padding: .1rem 0; text-align: left; }
  td[data-name]::before { content: attr(data-name) ": "; color: var(--faint); } td:empty { display: none; }
  td code { overflow-wrap: anywhere; } }
@media print { details:not([open]) > *:not(summary) { display: block; } }
"""
