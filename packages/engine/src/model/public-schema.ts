import { ident } from '../query/index.ts'
import type { View } from './views.ts'

/** The schema of the public views of a data space. */
export function publicSchema(space: string): string {
  return `${space}_q`
}

/** `create or replace view` of a name in the public schema. */
export function publicView(space: string, name: string, body: string): View {
  const full = `${ident(publicSchema(space))}.${ident(name)}`
  return { name, sql: `create or replace view ${full} as\n${body}` }
}

/** A table or view of the data space, from another schema. */
export function inSpace(space: string, name: string): string {
  return `${ident(space)}.${ident(name)}`
}
