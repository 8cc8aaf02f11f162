import { literal } from '../../query/index.ts'
import { cut, inSteps, isBlank, type Normaliser, plainLower } from './text-fold.ts'

/** `Ada <ada@example.com>` is the address between the brackets. */
const NAMED = String.raw`(?s)^.*<([^<>@]+@[^<>@]+)>.*$`
const MAIL_TO = String.raw`^[\p{Z}\p{Cc}]*mailto:`
/** What no address has: space, control and invisible characters, brackets, quotes, lists. */
const SPECIAL = String.raw`[\p{Z}\p{Cc}\p{Cf}<>()\[\]\\",;:]+`
const EDGES = "'`."
const WHOLE = String.raw`^[^@]+@[^@]+$`
const GMAIL = String.raw`^[^@]+@g(oogle)?mail\.com$`
const TAG = String.raw`\+.*$`

/** Mailboxes that are nobody's. */
const NO_MAILBOX =
  '^(no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?|test|testing' +
  '|none|null|nil|na|n/a|unknown|undefined|nobody|noone|anonymous|invalid|dummy|fake|noname' +
  String.raw`|no[-_.]?e?mail|not[-_.]?provided|not[-_.]?available)(\+[^@]*)?@`
/** Domains and made-up addresses that stand for "none". */
const NOWHERE =
  String.raw`@(no[-_.]?e?mail|none|nomail|na|null|invalid)\.[a-z]+$|\.invalid$` +
  String.raw`|^(a@a|aa@aa|aaa@aaa|abc@abc|asd@asd|asdf@asdf|x@x|xx@xx|xxx@xxx|email@email)\.[a-z]+$`
/** What an address is that is nobody's, in lower-case. */
export const NOBODYS_EMAIL = `${NO_MAILBOX}|${NOWHERE}`

const namedPattern = new RegExp(NAMED.replace('(?s)', ''), 'su')
const mailToPattern = new RegExp(MAIL_TO, 'u')
const specialPattern = new RegExp(SPECIAL, 'gu')
const edgePattern = /^['`.]+|['`.]+$/g
const wholePattern = new RegExp(WHOLE, 'u')
const plainPattern = /^[a-z\d][a-z\d._%+-]*@[a-z\d.-]*[a-z\d]$/i
const gmailPattern = new RegExp(GMAIL, 'u')
const tagPattern = new RegExp(TAG, 'su')
const nobodyPattern = new RegExp(NOBODYS_EMAIL, 'u')

/**
 * An e-mail address for comparing: lower-case, without a display name and characters that no
 * address has. Only in Gmail, whose two domains are one, dots and what follows a plus are dropped:
 * elsewhere they may be different people. Blank without exactly one @.
 */
export const anyEmail: Normaliser = inSteps(
  [
    cut.sql,
    value => `case when ${isBlank.sql(value)} then null else ${value} end`,
    plainLower.sql,
    cleanSql,
    finalSql,
  ],
  text => {
    const value = cut.js(text)
    if (isBlank.js(value)) return null
    // Most addresses have nothing to clean.
    const isPlain = plainPattern.test(value)
    const clean = isPlain ? value.toLowerCase() : cleanOf(value)
    if (!isPlain && !wholePattern.test(clean)) return null
    if (!clean.endsWith('mail.com') || !gmailPattern.test(clean)) return clean
    const box = (clean.split('@')[0] ?? '').replace(tagPattern, '').replaceAll('.', '')
    return box === '' ? null : `${box}@gmail.com`
  },
)

/** The same; blank too if it is nobody's. */
export const email: Normaliser = inSteps(
  [
    ...anyEmail.steps,
    value =>
      `case when regexp_matches(${value}, ${literal(NOBODYS_EMAIL)}) then null else ${value} end`,
  ],
  text => {
    const value = anyEmail.js(text)
    return value === null || nobodyPattern.test(value) ? null : value
  },
)

function cleanSql(lowered: string): string {
  const named =
    `case when contains(${lowered}, '<')` +
    ` then regexp_replace(${lowered}, ${literal(NAMED)}, '\\1') else ${lowered} end`
  const bare = `regexp_replace(${named}, ${literal(MAIL_TO)}, '')`
  return `trim(regexp_replace(${bare}, ${literal(SPECIAL)}, '', 'g'), ${literal(EDGES)})`
}

function finalSql(clean: string): string {
  const box = `replace(regexp_replace(split_part(${clean}, '@', 1), ${literal(TAG)}, ''), '.', '')`
  return (
    `case when not regexp_matches(${clean}, ${literal(WHOLE)}) then null` +
    ` when regexp_matches(${clean}, ${literal(GMAIL)})` +
    ` then nullif(${box}, '') || '@gmail.com' else ${clean} end`
  )
}

function cleanOf(text: string): string {
  return plainLower
    .js(text)
    .replace(namedPattern, '$1')
    .replace(mailToPattern, '')
    .replaceAll(specialPattern, '')
    .replaceAll(edgePattern, '')
}
