/** The look of what the two views are made of: cards, tables, tags, lists and evidence. */
export const viewStyle = `
section { margin-bottom: 30px; min-width: 0; }
.head { display: flex; align-items: baseline; gap: 10px; margin-bottom: 8px; }
.head span { color: var(--faint); font-size: 13px; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
}
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td {
  padding: 8px 14px; text-align: left; border-top: 1px solid var(--hair);
  vertical-align: baseline;
}
thead th {
  border-top: 0; font-size: 12.5px; font-weight: 500; color: var(--faint); white-space: nowrap;
  padding-top: 10px; padding-bottom: 7px;
}
tbody th { font-weight: 550; overflow-wrap: break-word; }
.n { text-align: right; white-space: nowrap; }
td.zero { color: var(--faint); }
.when { white-space: nowrap; }
td.when { color: var(--soft); }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 24px; }
.two {
  display: grid; grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); gap: 0 24px;
  align-items: start;
}
.tag {
  display: inline-block; padding: 1px 8px; border-radius: 20px; font-size: 12.5px;
  line-height: 1.5; background: var(--hair); color: var(--soft); white-space: nowrap;
}
.tag[data-tone='good'] { background: var(--accent-soft); color: var(--accent); }
.tag[data-tone='warn'] { background: var(--warn-soft); color: var(--warn); }
.tag[data-tone='bad'] { background: var(--bad-soft); color: var(--bad); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.empty { padding: 16px 18px; color: var(--soft); font-size: 14px; }
.note { max-width: 560px; margin: 9vh auto; text-align: center; color: var(--soft); }
.note h1 { color: var(--ink); font-size: 21px; margin-bottom: 8px; }
.stale {
  background: var(--warn-soft); color: var(--warn); border-radius: 8px; padding: 9px 14px;
  margin-bottom: 20px; font-size: 14px;
}
.back { display: inline-block; font-size: 13.5px; margin-bottom: 12px; }
.person {
  display: flex; justify-content: space-between; align-items: flex-end; gap: 18px;
  flex-wrap: wrap; margin-bottom: 24px;
}
.ids {
  color: var(--soft); font-size: 13.5px; margin-top: 6px; display: flex; flex-wrap: wrap;
  gap: 3px 18px;
}
.chips { display: flex; gap: 6px; flex-wrap: wrap; }
.src { color: var(--faint); font-size: 13px; }
.src .mono { color: var(--soft); font-size: 12px; }
.value { overflow-wrap: anywhere; }
.list li { padding: 9px 16px; border-top: 1px solid var(--hair); }
.list li:first-child { border-top: 0; }
.list .row { display: flex; justify-content: space-between; gap: 14px; align-items: baseline; }
.step { padding: 13px 16px 12px; border-top: 1px solid var(--hair); }
.step:first-child { border-top: 0; }
.hop { display: flex; flex-wrap: wrap; align-items: center; gap: 3px 8px; }
.onward { display: inline-flex; align-items: center; gap: 8px; min-width: 0; }
.wire { flex: none; display: flex; align-items: center; color: var(--accent); }
.wire:before, .wire:after {
  content: ''; width: 14px; border-top: 1.5px solid var(--accent); opacity: 0.5;
}
.proof {
  display: grid; grid-template-columns: minmax(0, 11.5em) minmax(0, 1fr); gap: 2px 14px;
  margin-top: 7px; font-size: 13px;
}
.side { display: inline-block; max-width: 100%; }
.how { color: var(--faint); white-space: nowrap; }
.proof dt { color: var(--soft); overflow: hidden; text-overflow: ellipsis; }
.proof dd { overflow-wrap: anywhere; display: flex; flex-wrap: wrap; gap: 0 8px; }
.same { color: var(--faint); }
details summary {
  cursor: pointer; padding: 9px 16px; display: flex; gap: 10px; align-items: baseline;
  list-style: none;
}
details summary::-webkit-details-marker { display: none; }
details summary:before {
  content: '›'; color: var(--faint); transition: transform 0.12s; display: inline-block;
}
details[open] summary:before { transform: rotate(90deg); }
details + details { border-top: 1px solid var(--hair); }
details .scroll { border-top: 1px solid var(--hair); background: var(--bg); }
details table { font-size: 13px; }
details td { white-space: nowrap; max-width: 280px; overflow: hidden; text-overflow: ellipsis; }
.skeleton i {
  display: block; height: 96px; border-radius: 12px; background: var(--hair);
  margin-bottom: 22px; animation: breathe 1.4s ease-in-out infinite;
}
.skeleton i + i { height: 210px; }
@keyframes breathe {
  50% { opacity: 0.45; }
}
`
