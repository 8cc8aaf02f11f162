import {
  argument,
  argumentTexts,
  type CallText,
  cutFor,
  type FunctionRule,
  plain,
  smallNumber,
  writtenText,
} from './function-rule.ts'
import { literal } from './sql-text.ts'
import { BOOLEAN, commonType, INTEGER, TEXT } from './sql-type.ts'
import { asText, TEXT_MAX } from './sql-value-text.ts'

const PAD_MAX = 4096
const REPEAT_MAX = 1000

/** Functions that read or make text. */
export const TEXT_FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  upper: text('upper'),
  ucase: text('upper'),
  lower: text('lower'),
  lcase: text('lower'),
  reverse: text('reverse'),
  initcap: {
    ...text('upper'),
    sql: call => {
      const from = asText(argument(call, 0))
      return `array_to_string(list_transform(string_split(${from}, ' '), lambda w: upper(left(w, 1)) || lower(substr(w, 2))), ' ')`
    },
  },
  md5: text('md5'),
  sha256: text('sha256'),
  length: { ...text('length'), type: () => INTEGER },
  char_length: { ...text('length'), type: () => INTEGER },
  character_length: { ...text('length'), type: () => INTEGER },
  len: { ...text('length'), type: () => INTEGER },
  ascii: { ...text('ascii'), type: () => INTEGER },
  trim: text('trim', 2),
  btrim: text('trim', 2),
  ltrim: text('ltrim', 2),
  rtrim: text('rtrim', 2),
  left: counted('left'),
  right: counted('right'),
  substring: { ...counted('substr'), args: [2, 3] },
  substr: { ...counted('substr'), args: [2, 3] },
  position: searched((from, part) => `instr(${from}, ${part})`, true),
  locate: searched((from, part) => `instr(${from}, ${part})`, true),
  strpos: searched((from, part) => `instr(${from}, ${part})`, false),
  instr: searched((from, part) => `instr(${from}, ${part})`, false),
  charindex: searched((from, part) => `instr(${from}, ${part})`, true),
  contains: {
    ...searched((from, part) => `contains(${from}, ${part})`, false),
    type: () => BOOLEAN,
  },
  starts_with: {
    ...searched((from, part) => `starts_with(${from}, ${part})`, false),
    type: () => BOOLEAN,
  },
  startswith: {
    ...searched((from, part) => `starts_with(${from}, ${part})`, false),
    type: () => BOOLEAN,
  },
  ends_with: {
    ...searched((from, part) => `ends_with(${from}, ${part})`, false),
    type: () => BOOLEAN,
  },
  endswith: {
    ...searched((from, part) => `ends_with(${from}, ${part})`, false),
    type: () => BOOLEAN,
  },
  split_part: {
    ...plain('split_part', [3, 3], TEXT),
    sql: call =>
      `split_part(${asText(argument(call, 0))}, ${asText(argument(call, 1))}, CAST(${argument(call, 2).sql} AS BIGINT))`,
  },
  concat: {
    ...plain('concat', [1, 200], TEXT),
    sql: call => cutIfDeep(call, concatenated(call)),
    bound: `the result is cut at ${TEXT_MAX} signs where the statement has subqueries`,
  },
  concat_ws: {
    ...plain('concat_ws', [2, 200], TEXT),
    sql: call => {
      const separator = literal(writtenText(call, 0).slice(0, 100))
      const parts = call.args
        .slice(1)
        .map(value =>
          value.type.family === 'list' ? listText(value.sql, separator) : asText(value),
        )
      return cutIfDeep(call, `concat_ws(${separator}, ${parts.join(', ')})`)
    },
    bound: 'the separator is written in the statement and cut at 100 signs',
  },
  repeat: {
    ...plain('repeat', [2, 2], TEXT),
    sql: call => {
      const times = smallNumber(call, 1, REPEAT_MAX)
      return `repeat(${cutFor(asText(argument(call, 0)), times)}, ${times})`
    },
    bound: `at most ${REPEAT_MAX} times, written in the statement; the result has at most ${TEXT_MAX} signs`,
  },
  space: {
    ...plain('repeat', [1, 1], TEXT),
    sql: call => `repeat(' ', ${smallNumber(call, 0, REPEAT_MAX)})`,
    bound: `at most ${REPEAT_MAX}, written in the statement`,
  },
  lpad: padded('lpad'),
  rpad: padded('rpad'),
  replace: {
    ...plain('replace', [3, 3], TEXT),
    sql: call => {
      const [search, by] = [writtenText(call, 1), writtenText(call, 2)]
      const growth = search === '' ? 1 : by.length / search.length
      const from = asText(argument(call, 0))
      return `replace(${growth > 1 ? cutFor(from, growth) : from}, ${literal(search)}, ${literal(by)})`
    },
    bound: `both texts are written in the statement; the result has at most ${TEXT_MAX} signs`,
  },
  translate: {
    ...plain('translate', [3, 3], TEXT),
    sql: call => `translate(${call.args.map(asText).join(', ')})`,
  },
  regexp_replace: {
    ...plain('regexp_replace', [3, 4], TEXT),
    sql: call => {
      const by = writtenText(call, 2)
      const growth = by.length + 1
      const [from, pattern] = [asText(argument(call, 0)), asText(argument(call, 1))]
      const flags =
        call.args.length > 3 ? writtenText(call, 3) : call.dialect === 'spark' ? 'g' : ''
      const backslashes = literal(by.replaceAll(/\$(\d)/g, String.raw`\$1`))
      return `regexp_replace(${cutFor(from, growth)}, ${pattern}, ${backslashes}, ${literal(flags.replaceAll(/[^gi]/g, ''))})`
    },
    bound: `the replacement is written in the statement; the result has at most ${TEXT_MAX} signs`,
  },
  regexp_extract: {
    ...plain('regexp_extract', [2, 3], TEXT),
    sql: call => {
      const group =
        call.args.length > 2 ? smallNumber(call, 2, 9) : call.dialect === 'spark' ? 1 : 0
      return `regexp_extract(${asText(argument(call, 0))}, ${asText(argument(call, 1))}, ${group})`
    },
  },
  regexp_like: {
    ...plain('regexp_matches', [2, 2], BOOLEAN),
    sql: call => `regexp_matches(${call.args.map(asText).join(', ')})`,
  },
  levenshtein: {
    ...plain('levenshtein', [2, 2], INTEGER),
    sql: call => `levenshtein(${call.args.map(value => `left(${asText(value)}, 256)`).join(', ')})`,
    bound: 'both texts are cut at 256 signs, because its time grows with their product',
  },
  array_to_string: joined(),
  array_join: joined(),
}

function text(name: string, max = 1): FunctionRule {
  return {
    ...plain(name, [1, max], TEXT),
    sql: call => `${name}(${call.args.map(asText).join(', ')})`,
  }
}

function counted(name: string): FunctionRule {
  return {
    ...plain(name, [2, 2], TEXT),
    sql: call => {
      const [from, ...counts] = call.args
      const numbers = counts.map(({ sql }) => `CAST(${sql} AS BIGINT)`)
      return `${name}(${[from ? asText(from) : '', ...numbers].join(', ')})`
    },
  }
}

function searched(write: (from: string, part: string) => string, partFirst: boolean): FunctionRule {
  return {
    ...plain('instr', [2, 2], INTEGER),
    sql: call => {
      const [first, second] = [asText(argument(call, 0)), asText(argument(call, 1))]
      return partFirst ? write(second, first) : write(first, second)
    },
  }
}

function padded(name: string): FunctionRule {
  return {
    ...plain(name, [2, 3], TEXT),
    sql: call => {
      const by = call.args.length > 2 ? asText(argument(call, 2)) : "' '"
      return `${name}(${asText(argument(call, 0))}, ${smallNumber(call, 1, PAD_MAX)}, ${by})`
    },
    bound: `at most ${PAD_MAX} signs, written in the statement`,
  }
}

function joined(): FunctionRule {
  return {
    ...plain('array_to_string', [2, 2], TEXT),
    sql: call => listText(argument(call, 0).sql, literal(writtenText(call, 1).slice(0, 100))),
    bound: `the separator is cut at 100 signs, the result at ${TEXT_MAX}`,
  }
}

function listText(list: string, separator: string): string {
  return `left(array_to_string(${list}, ${separator}), ${TEXT_MAX})`
}

/** In Spark a null makes the whole text null; PostgreSQL leaves nulls out. */
function concatenated(call: CallText): string {
  if (call.dialect === 'postgresql') return `concat(${call.args.map(asText).join(', ')})`
  if (commonType(call.args.map(value => value.type)).family === 'list')
    return `list_concat(${argumentTexts(call)})`
  return `(${call.args.map(asText).join(' || ')})`
}

/** Through subqueries a text can double again and again; it is cut at every step. */
export function cutIfDeep(call: Pick<CallText, 'deep'>, sql: string): string {
  return call.deep ? `left(${sql}, ${TEXT_MAX})` : sql
}
