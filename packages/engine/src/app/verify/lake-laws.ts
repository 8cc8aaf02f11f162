import {
  APPENDED_KEY,
  contentHash,
  dloTable,
  keyHash,
  keyText,
  modifiedSql,
  type PartyRef,
  partyHash,
} from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { keyFields, type StreamSchema } from '../../streams/index.ts'
import { checkLaws, type Law, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import { comparePhones } from './compare-phones.ts'
import type { LakeStream } from './lake-stream.ts'
import { checkParties } from './party-laws.ts'
import type { Verification } from './verification.ts'

/**
 * The lake: data lake objects are what everything is computed from, so that they can only be checked
 * against themselves; the hash of its content finds a changed row.
 */
export async function checkLake(
  verification: Verification,
  streams: readonly LakeStream[],
): Promise<void> {
  await checkParties(verification, streams)
  for (const stream of streams) await checkObject(verification, stream)
  await comparePhones(verification)
}

async function checkObject(verification: Verification, stream: LakeStream): Promise<void> {
  const { session, position } = verification
  const object = dloTable(stream.name)
  const table = ident(object)
  const { schema, refs } = stream
  const laws = [
    uniqueLaw('DL1: a record is there once', object, ['_kh']),
    hashLaw('DL2: the hash of a key is of its fields', {
      table,
      field: '_kh',
      sql: rowKey(schema),
    }),
    hashLaw('DL3: the hash of a row is of its fields', {
      table,
      field: '_hash',
      sql: contentHash(schema),
    }),
    positionLaw('DL4: a row came in with a position that is applied', {
      object,
      key: '_kh',
      field: '_pos',
      position,
    }),
    ...(schema.refreshMode === 'PARTIAL_UPDATE' ? [] : [modifiedLaw(table, schema)]),
    ...refs.map(ref => referenceLaw(table, ref)),
  ]
  const violations = await checkLaws(
    verification,
    { stage: 'lake', object, kind: 'recorded' },
    laws,
  )
  if (violations === 0) return
  await session.run(
    `delete from ${table} where rowid not in (select min(rowid) from ${table} group by _kh)`,
  )
  for (const ref of refs) {
    await session.run(
      `update ${table} set ${ref.column} = (select p.pid from temp.sound_party p where p.h = ${partyHash(ref)})`,
    )
  }
}

/** An appended row has no key of its own but its place in the journal. */
function rowKey(schema: StreamSchema): string {
  return keyHash(schema.refreshMode === 'APPEND' ? APPENDED_KEY : keyText(keyFields(schema)))
}

function hashLaw(
  law: string,
  { table, field, sql }: { table: string; field: string; sql: string },
): Law {
  const where = `${field} is distinct from ${sql}`
  return { law, sql: violating({ from: table, where, key: '_kh', field, recomputed: sql }) }
}

function modifiedLaw(table: string, schema: StreamSchema): Law {
  const sql = modifiedSql(schema)
  const where = `_mod is distinct from ${sql}`
  return {
    law: 'DL5: when a record was modified is what its field says',
    sql: violating({ from: table, where, key: '_kh', field: '_mod', recomputed: sql }),
  }
}

/** A party that is itself in doubt is told of once, in the dictionary. */
function referenceLaw(table: string, ref: PartyRef): Law {
  const rows = `(select _kh, ${ref.column}, ${partyHash(ref)} as _h from ${table}) d`
  return {
    law: `DL6: ${ref.column} is the party that the row's fields name`,
    sql: violating({
      from: `${rows} left join temp.sound_party p on p.h = d._h`,
      where: `d.${ref.column} is distinct from p.pid and (d._h is null or p.pid is not null)`,
      key: '_kh',
      field: ref.column,
      recomputed: 'p.pid',
    }),
  }
}
