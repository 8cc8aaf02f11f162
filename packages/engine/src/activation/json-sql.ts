import { literal } from '../query/index.ts'
import type { AttributeType } from '../segments/index.ts'

/** A column of an audience. */
export interface AudienceColumn {
  readonly name: string
  readonly type: AttributeType
}

/**
 * A value as JSON text, made in SQL. Numbers keep every digit: JSON functions of the engine read
 * them as doubles, so the text is written here.
 */
export function jsonValueSql(sql: string, type: AttributeType): string {
  switch (type) {
    case 'number': {
      const plain = `cast(try_cast(${sql} as decimal(38, 18)) as varchar)`
      const trimmed = `rtrim(rtrim(${plain}, '0'), '.')`
      return `coalesce(${trimmed}, cast(to_json(cast(${sql} as varchar)) as varchar), 'null')`
    }
    case 'boolean':
      return `case when ${sql} then 'true' when not ${sql} then 'false' else 'null' end`
    case 'date':
      return `coalesce('"' || strftime(${sql}, '%Y-%m-%d') || '"', 'null')`
    case 'dateTime':
      return `coalesce('"' || ${utcSql(sql)} || '"', 'null')`
    default:
      return `coalesce(cast(to_json(cast(${sql} as varchar)) as varchar), 'null')`
  }
}

/** An instant as ISO 8601 text in UTC. */
export function utcSql(sql: string): string {
  return `strftime(timezone('UTC', ${sql}), '%Y-%m-%dT%H:%M:%S.%gZ')`
}

/** A flat JSON object, made in SQL. */
export function jsonObjectSql(
  members: readonly { readonly name: string; readonly json: string }[],
): string {
  const parts = members.map(({ name, json }) => `${literal(`${JSON.stringify(name)}:`)} || ${json}`)
  return `'{' || ${parts.join(` || ',' || `)} || '}'`
}

/** A column of a flat JSON object made by `jsonObjectSql`, read back without losing a digit. */
export function jsonMemberSql(record: string, { name, type }: AudienceColumn): string {
  const key = JSON.stringify(name)
  if (type === 'number') {
    // Inside a JSON text a quote is escaped, so that the key with its quotes stands only as a key.
    const pattern = `${key.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}:(-?[0-9.]+)`
    return `try_cast(nullif(regexp_extract(${record}, ${literal(pattern)}, 1), '') as decimal(38, 18))`
  }
  const text = `json_extract_string(${record}, ${literal(`$.${key}`)})`
  if (type === 'text') return text
  const engineType = { boolean: 'boolean', date: 'date', dateTime: 'timestamptz' }[type]
  return `try_cast(${text} as ${engineType})`
}
