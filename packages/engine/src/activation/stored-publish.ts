import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../lake/index.ts'
import type { PublishFacts } from './activation-target.ts'
import type { AudienceColumn } from './json-sql.ts'

const TYPES = ['text', 'number', 'boolean', 'date', 'dateTime'] as const

/** The facts of a publish as they were when it began: a resumed one must not see a newer definition. */
export async function storedPublish(session: SqlSession, publishId: string): Promise<PublishFacts> {
  const [row] = await session.rows(
    `select activation, segment, refresh_type, epoch_ms(as_of), columns from activation_publish where publish_id = $1`,
    [publishId],
  )
  if (!row) throw damaged(publishId)
  const [activation, segment, refreshType, asOfMs, columns] = row
  return {
    publishId,
    activation: String(activation),
    segment: String(segment),
    refreshType: refreshType === 'FULL_REFRESH' ? 'FULL_REFRESH' : 'INCREMENTAL',
    asOf: new Date(Number(asOfMs)),
    columns: columnsOf(publishId, String(columns)),
  }
}

function columnsOf(publishId: string, text: string): readonly AudienceColumn[] {
  const parsed: unknown = JSON.parse(text)
  if (!Array.isArray(parsed)) throw damaged(publishId)
  return parsed.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('name' in item) || !('type' in item)) {
      throw damaged(publishId)
    }
    const type = TYPES.find(name => name === item.type)
    if (typeof item.name !== 'string' || type === undefined) throw damaged(publishId)
    return { name: item.name, type }
  })
}

function damaged(publishId: string): MainstemError {
  return new MainstemError(
    'STORE_DAMAGED',
    `The store has no sound record of publish ${publishId}.`,
  )
}
