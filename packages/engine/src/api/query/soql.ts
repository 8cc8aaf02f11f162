/** What only SOQL or SOSL has, with what to write instead in SQL. */
const FORMS: readonly { readonly form: RegExp; readonly says: string }[] = [
  {
    form: /\bfields\s*\(\s*(?:all|standard|custom)\s*\)/i,
    says: 'FIELDS() is SOQL; list the columns.',
  },
  {
    form: /\b(?:last|next)_n_(?:days|weeks|months|quarters|years)\s*:\s*\d/i,
    says: 'LAST_N_DAYS:n is SOQL; compare with DATEADD(day, -n, CURRENT_DATE).',
  },
  { form: /^\s*find\s*\{/i, says: 'FIND {…} is SOSL; use SELECT with LIKE.' },
  { form: /\btypeof\s+\w+\s+when\b/i, says: 'TYPEOF is SOQL; join the object that is meant.' },
  { form: /\busing\s+scope\b/i, says: 'USING SCOPE is SOQL; leave it out.' },
  {
    form: /\bwith\s+(?:security_enforced|user_mode|system_mode)\b/i,
    says: 'WITH SECURITY_ENFORCED is SOQL; leave it out.',
  },
  { form: /\b\w+__r\s*\./i, says: 'A path over __r is SOQL; join the object that is meant.' },
  { form: /\bfor\s+(?:view|reference)\b/i, says: 'FOR VIEW is SOQL; leave it out.' },
]

/** Why a statement is SOQL and not SQL, or undefined. Only forms that SQL can not have are told. */
export function soqlReason(statement: string): string | undefined {
  const bare = withoutTexts(statement)
  return FORMS.find(({ form }) => form.test(bare))?.says
}

/** The statement without its texts, quoted names and comments, whose content is no syntax. */
function withoutTexts(statement: string): string {
  return statement.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
}
