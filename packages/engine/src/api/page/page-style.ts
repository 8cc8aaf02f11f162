import { viewStyle } from './view-style.ts'

/** Colours for light and dark, type, and the frame of the page. */
const frameStyle = `
:root {
  --bg: #f7f7f5; --card: #fff; --ink: #1a1d1f; --soft: #5c6468; --faint: #6b7377;
  --line: #e3e4e0; --hair: #eeeeeb; --accent: #0f766e; --accent-soft: #e6f2f0; --warn: #9a5b00;
  --warn-soft: #fdf3e1; --bad: #b3261e; --bad-soft: #fcebea; --good: #1b7f4b;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #121516; --card: #191d1f; --ink: #e8eaea; --soft: #a5adb0; --faint: #8f989c;
    --line: #2b3134; --hair: #23282b; --accent: #4fc3b5; --accent-soft: #16302e; --warn: #e3a94b;
    --warn-soft: #33291a; --bad: #f2867e; --bad-soft: #3a2120; --good: #5ec98f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto,
    'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums; display: flex; flex-direction: column; min-height: 100vh;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus-visible { outline: none; }
code, .mono { font-family: var(--mono); font-size: 0.87em; overflow-wrap: anywhere; }
td .mono { overflow-wrap: break-word; }
h1, h2, h3, p, dl, dd, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 {
  font-size: 27px; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em;
  overflow-wrap: anywhere;
}
h2 { font-size: 13px; font-weight: 650; letter-spacing: 0.01em; }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 9; }
.top {
  background: var(--card); border-bottom: 1px solid var(--line); position: sticky; top: 0;
  z-index: 5;
}
.bar, main, .foot { width: 100%; max-width: 1120px; margin: 0 auto; padding: 0 24px; }
.bar { display: flex; align-items: center; gap: 14px; min-height: 60px; }
.brand {
  display: flex; align-items: center; gap: 8px; color: var(--ink); font-weight: 680;
  letter-spacing: -0.01em;
}
.brand:hover { text-decoration: none; }
.brand svg { color: var(--accent); }
.project {
  color: var(--soft); padding-left: 14px; border-left: 1px solid var(--line);
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 0;
}
search { flex: 1; display: flex; justify-content: flex-end; min-width: 0; }
form {
  display: flex; width: 100%; max-width: 430px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--bg); overflow: hidden;
}
form:focus-within { border-color: var(--accent); box-shadow: 0 0 0 3px var(--accent-soft); }
input {
  flex: 1; min-width: 0; border: 0; background: none; color: inherit; font: inherit;
  padding: 7px 12px; outline: none;
}
input::placeholder { color: var(--faint); }
button {
  border: 0; border-left: 1px solid var(--line); background: none; color: var(--accent);
  font: inherit; font-weight: 600; padding: 0 16px; cursor: pointer;
}
button:hover { background: var(--accent-soft); }
.state {
  display: flex; align-items: center; gap: 7px; font-size: 13px; color: var(--soft);
  white-space: nowrap;
}
.state:before {
  content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--faint);
}
.state[data-tone='good']:before { background: var(--good); }
.state[data-tone='bad']:before { background: var(--bad); }
main { flex: 1; padding-top: 28px; padding-bottom: 40px; }
.foot {
  display: flex; justify-content: space-between; gap: 16px; color: var(--faint);
  font-size: 12.5px; padding-top: 14px; padding-bottom: 22px;
}
.river {
  display: grid; grid-template-columns: repeat(4, 1fr); background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; margin-bottom: 30px;
}
.river > div { padding: 18px 22px 17px; border-left: 1px solid var(--hair); min-width: 0; }
.river > div:first-child { border-left: 0; }
.river dt { font-size: 13px; color: var(--soft); }
.river dd { font-size: 28px; line-height: 1.25; font-weight: 600; letter-spacing: -0.02em; }
.river small, .sub {
  display: block; font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--faint);
  line-height: 1.45;
}
.river .sub { margin-top: 2px; }
`

/** What changes with the screen: last, so that it wins. */
const screenStyle = `
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
@media print {
  .top { position: static; }
  search, .state, .back { display: none; }
}
@media (max-width: 820px) {
  .two { grid-template-columns: minmax(0, 1fr); }
  .river { grid-template-columns: 1fr 1fr; }
  .river > div:nth-child(3) { border-left: 0; }
  .river > div:nth-child(n + 3) { border-top: 1px solid var(--hair); }
}
@media (max-width: 640px) {
  .bar, main, .foot { padding-left: 16px; padding-right: 16px; }
  .bar { flex-wrap: wrap; gap: 8px 12px; padding-top: 10px; padding-bottom: 10px; }
  .project { flex: 1; }
  search { order: 9; flex-basis: 100%; }
  form { max-width: none; }
  .three { grid-template-columns: minmax(0, 1fr); }
  main { padding-top: 18px; }
  .river > div { padding: 13px 16px; }
  .river dd { font-size: 23px; }
  h1 { font-size: 23px; }
  input { font-size: 16px; }
  th, td { padding-left: 12px; padding-right: 12px; }
  .proof { grid-template-columns: minmax(0, 1fr); }
  .proof dd { margin-bottom: 4px; }
  .fields thead { display: none; }
  .fields tr {
    display: grid; grid-template-columns: minmax(0, 9.5em) minmax(0, 1fr);
    border-top: 1px solid var(--hair); padding: 8px 0;
  }
  .fields tr:first-child { border-top: 0; }
  .fields th, .fields td { border: 0; padding-top: 0; padding-bottom: 0; }
  .fields th { grid-row: span 2; }
  .fields td.src { grid-column: 2; }
}
`

/** The page's look: calm tables, figures that line up, colour only where it says something. */
export const pageStyle: string = `${frameStyle}${viewStyle}${screenStyle}`
