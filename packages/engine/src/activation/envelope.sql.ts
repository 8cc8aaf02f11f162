import { jsonObjectSql, utcSql } from './json-sql.ts'

const text = (sql: string): string => `cast(to_json(${sql}) as varchar)`

/** A text's MD5 in the form of a UUID (version 8), so that the same event has the same id. */
export function uuidSql(sql: string): string {
  const md5 = `md5(${sql})`
  return (
    `substr(${md5}, 1, 8) || '-' || substr(${md5}, 9, 4) || '-8' || substr(${md5}, 14, 3) || ` +
    `'-a' || substr(${md5}, 18, 3) || '-' || substr(${md5}, 21, 12)`
  )
}

/**
 * The body of each batch of a publish: wire.md 7.1 for audiences, every event field a string.
 * `PayloadPrevValue` is what the target was told before.
 */
export const BODIES_SQL = /*sql*/ `
  select c.batch as batch, count(*) as events, ${jsonObjectSql([
    { name: 'creationDateTime', json: text(utcSql('$2::TIMESTAMPTZ')) },
    { name: 'count', json: 'cast(count(*) as varchar)' },
    { name: 'activation', json: text('$3::VARCHAR') },
    { name: 'segment', json: text('$4::VARCHAR') },
    { name: 'refreshType', json: text('$5::VARCHAR') },
    { name: 'publishId', json: text('$1::VARCHAR') },
    { name: 'batch', json: 'cast(c.batch as varchar)' },
    {
      name: 'events',
      json: `'[' || string_agg(${jsonObjectSql([
        { name: 'ActionDeveloperName', json: text('$3::VARCHAR') },
        { name: 'EventType', json: `'"AudienceDataChgEvent"'` },
        {
          name: 'EventPrompt',
          json: `case c.delta when 'added' then '"Insert"' when 'deleted' then '"Delete"' else '"Update"' end`,
        },
        { name: 'EventUuid', json: `'"' || ${uuidSql(`$1::VARCHAR || '|' || c.id`)} || '"'` },
        { name: 'EventCreationDateTime', json: text(utcSql('$2::TIMESTAMPTZ')) },
        { name: 'SourceObjectDeveloperName', json: text('$6::VARCHAR') },
        {
          name: 'PayloadCurrentValue',
          json: text(
            `case c.delta when 'deleted' then ${jsonObjectSql([{ name: 'Id', json: text('c.id') }])} else c.record end`,
          ),
        },
        { name: 'PayloadPrevValue', json: text(`coalesce(c.previous, '{}')`) },
        { name: 'PayloadMetadata', json: `'"{}"'` },
      ])}, ',' order by c.place) || ']'`,
    },
  ])} as body
  from audience_change as c where c.batch is not null group by c.batch`

/** JSON text in ASCII only, so that receivers that read another encoding verify the signature. */
export function asciiJson(json: string): string {
  return json.replaceAll(
    // Everything beyond ASCII; surrogate halves are escaped one by one, as JSON has it.
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
