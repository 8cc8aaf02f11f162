import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { appliedDefinitions } from './definition-log.ts'

/** The versions of all definitions of a kind. */
export async function versionsOf(
  session: SqlSession,
  kind: string,
): Promise<ReadonlyMap<string, number>> {
  const applied = await appliedDefinitions(session)
  return new Map(applied.filter(one => one.kind === kind).map(one => [one.name, one.version]))
}

/** What to tell of a failure: our own sentences only, for the engine's may quote data. */
export function sentence(error: unknown): string {
  return error instanceof MainstemError
    ? error.message
    : 'It failed inside Mainstem; the log has the reason.'
}
