/** A call in a statement: what stands before its parenthesis, and between its parentheses. */
export interface CallSite {
  readonly name: string
  /** All between the parentheses, with what is inside already rewritten. */
  readonly inner: string
  /** The same, cut at its commas. */
  readonly args: readonly string[]
}

/** Texts and quoted names, which hold no calls, or the start of a call, or one other sign. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\b[a-z_]\w*)\s*\(|[\s\S]/giy

/** Writes each call of a statement anew, the innermost first; undefined leaves a call as it is. */
export function rewriteCalls(sql: string, write: (call: CallSite) => string | undefined): string {
  const open: { name: string; text: string; args: string[] }[] = [{ name: '', text: '', args: [] }]
  const top = (): (typeof open)[number] => open.at(-1) ?? { name: '', text: '', args: [] }
  for (const [token, name] of sql.matchAll(TOKENS)) {
    if (name !== undefined || token === '(') {
      open.push({ name: name ?? '', text: '', args: [] })
    } else if (token === ')' && open.length > 1) {
      const { name: called, text, args } = top()
      open.pop()
      const inner = [...args, text].join(',')
      const site = {
        name: called.toLowerCase(),
        inner,
        args: [...args, text].map(arg => arg.trim()),
      }
      top().text += (called && write(site)) || `${called}(${inner})`
    } else if (token === ',' && open.length > 1) {
      top().args.push(top().text)
      top().text = ''
    } else {
      top().text += token
    }
  }
  return top().text
}
