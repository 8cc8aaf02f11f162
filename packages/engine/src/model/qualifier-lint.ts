import type { Catalogue } from './catalogue/index.ts'
import { IDENTITY_QUALIFIER, type ModelNotice, type ObjectBranch } from './plan.ts'

/** Tells of keys whose qualifier no row they could refer to has: they would join nothing. */
export function lintQualifiers(
  catalogue: Catalogue,
  branches: readonly ObjectBranch[],
): readonly ModelNotice[] {
  const notices = new Map<string, ModelNotice>()
  for (const branch of branches) {
    for (const link of catalogue.object(branch.object).relationships) {
      const qualifier = branch.qualifiers.get(link.field)
      if (qualifier === undefined || qualifier === IDENTITY_QUALIFIER) continue
      if (!refersTo(branch, link.field, link.object)) continue
      const there = qualifiersOf(branches, link.object, link.toField)
      if (there.size === 0 || there.has(qualifier)) continue
      const place = `${branch.stream}\n${branch.object}\n${link.field}`
      notices.set(place, oneSided(branch, link, { qualifier, there: [...there] }))
    }
  }
  return [...notices.values()]
}

/** A field that may hold the key of either party holds that of one of them in each mapping. */
function refersTo(branch: ObjectBranch, field: string, object: string): boolean {
  const party = branch.partyObjects.get(field)
  if (party === undefined) return true
  return party === (object === 'Account' ? 1 : 0)
}

function qualifiersOf(
  branches: readonly ObjectBranch[],
  object: string,
  field: string,
): ReadonlySet<string | null> {
  const found = new Set<string | null>()
  for (const branch of branches) {
    const qualifier = branch.object === object ? branch.qualifiers.get(field) : undefined
    if (qualifier !== undefined) found.add(qualifier)
  }
  return found
}

interface Sides {
  readonly qualifier: string | null
  readonly there: readonly (string | null)[]
}

function oneSided(
  branch: ObjectBranch,
  link: { readonly field: string; readonly object: string; readonly toField: string },
  { qualifier, there }: Sides,
): ModelNotice {
  const say = (value: string | null): string => (value === null ? 'none' : `"${value}"`)
  const others = there.map(say).join(', ')
  return {
    code: 'QUALIFIER_ONE_SIDED',
    stream: branch.stream,
    object: branch.object,
    field: link.field,
    message:
      `Keys in ${branch.object}.${link.field} of stream ${branch.stream} have the qualifier ${say(qualifier)}, ` +
      `and ${link.object}.${link.toField} has ${others}: these rows join nothing.`,
    fix: `Give ${link.field} the qualifier of the source whose keys it holds (keyQualifiers: { ${link.field}: … }).`,
  }
}
