import { partyFields, personField } from './person-field.ts'
import type { ModelPlan, ObjectBranch, StreamPlan } from './plan.ts'
import { proposedQualifier, type SharedIds } from './shared-ids.ts'

/** One check of `mainstem doctor`. */
export interface ReadinessCheck {
  readonly id: string
  readonly subject: string
  readonly status: 'pass' | 'fail' | 'warn'
  readonly message: string
  readonly fix?: string | undefined
}

/** What is known beside the plan. Whatever is left out is not checked. */
export interface ReadinessFacts {
  readonly sharedIds?: readonly SharedIds[] | undefined
  readonly rulesets?: { readonly count: number; readonly max: number | null } | undefined
  readonly unifiedProfiles?: number | undefined
  readonly insights?: readonly InsightFact[] | undefined
  readonly segments?: readonly SegmentFact[] | undefined
  readonly activations?: number | undefined
  /** Streams whose Ingestion API runs deletes. */
  readonly deletingStreams?: readonly string[] | undefined
}

/** What an insight is based on. */
export interface InsightFact {
  readonly apiName: string
  readonly isOnUnified: boolean
}

/** A segment and how many belong to it; null before it was counted. */
export interface SegmentFact {
  readonly name: string
  readonly members: number | null
}

/** Every check, streams first, in the order of the review checklist. */
export function readiness(plan: ModelPlan, facts: ReadinessFacts = {}): readonly ReadinessCheck[] {
  return [
    ...plan.streams.flatMap(stream => streamChecks(plan, stream)),
    ...plan.notices.map((notice): ReadinessCheck => ({
      id: `mapping.${notice.code.toLowerCase().replaceAll('_', '-')}`,
      subject: `${notice.stream} → ${notice.object}`,
      status: 'warn',
      message: notice.message,
      fix: notice.fix,
    })),
    ...(facts.sharedIds ?? [])
      .filter(pair => pair.differing > 0)
      .map(pair => sharedIdCheck(plan, pair)),
    ...projectChecks(facts),
  ]
}

/** Objects by which a stream can take part in identity resolution. */
const CONTACT_POINTS: ReadonlySet<string> = new Set([
  'ContactPointEmail',
  'ContactPointPhone',
  'ContactPointAddress',
  'ContactPointApp',
  'PartyIdentification',
])

/** Fields without which a contact point cannot match (semantics 2.3, rule 7). */
const MATCH_FIELDS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['ContactPointEmail', [['EmailAddress']]],
  ['ContactPointPhone', [['FormattedE164PhoneNumber', 'TelephoneNumber']]],
  [
    'ContactPointAddress',
    [
      ['AddressLine1'],
      ['CityId', 'CityName'],
      ['PostalCodeId', 'PostalCodeText'],
      ['StateProvinceId', 'StateProvinceName'],
    ],
  ],
  ['PartyIdentification', [['IdentificationNumber'], ['Name'], ['PartyIdentificationTypeId']]],
])

/** The streams whose rows are people: they are to take part in identity resolution. */
export function isCustomerStream({ schema, branches }: StreamPlan): boolean {
  if (branches.some(branch => branch.object === 'Individual')) return true
  if (branches.some(branch => branch.object === 'Account')) return false
  const hasContact = branches.some(branch => CONTACT_POINTS.has(branch.object))
  const isOther = branches.length > 0 && !hasContact
  return schema.category === 'Profile' && !isOther
}

function streamChecks(plan: ModelPlan, stream: StreamPlan): readonly ReadinessCheck[] {
  const checks: ReadinessCheck[] = []
  const { schema, branches } = stream
  const add = (id: string, ok: boolean, say: Saying): void => {
    const text = ok ? { message: say.pass } : { message: say.fail, fix: say.fix }
    checks.push({ id, subject: schema.name, status: ok ? 'pass' : (say.level ?? 'fail'), ...text })
  }
  const isUsed = branches.length > 0 || stream.system !== null
  if (!isUsed) add('stream.mapped', false, unmappedSaying(schema.name))
  if (isUsed && isCustomerStream(stream)) customerChecks(stream, add)
  if (isUsed) relationChecks(plan, stream, add)
  add('stream.fields', stream.unmappedFields.length === 0 || !isUsed, {
    pass: `Every field of ${schema.name} is used, or the stream is not mapped yet.`,
    fail: `Nothing maps these fields of ${schema.name}: ${listed(stream.unmappedFields)}.`,
    fix: 'Map them where they help, or leave them: they stay in the data lake object.',
    level: 'warn',
  })
  return checks
}

interface Saying {
  readonly pass: string
  readonly fail: string
  readonly fix: string
  readonly level?: 'warn'
}

type AddCheck = (id: string, ok: boolean, say: Saying) => void

function unmappedSaying(stream: string): Saying {
  return {
    pass: '',
    fail: `Stream ${stream} is mapped to no object: nothing of it reaches profiles or segments.`,
    fix: `Write mappings/${stream}.yaml (mainstem inspect proposes one).`,
  }
}

function customerChecks({ schema, branches }: StreamPlan, add: AddCheck): void {
  const name = schema.name
  const people = branches.filter(branch => branch.object === 'Individual')
  const missing = ['Id', 'FirstName', 'LastName'].filter(
    field => !people.some(branch => branch.sources.has(field)),
  )
  add('stream.individual', missing.length === 0, {
    pass: `${name} maps Individual with Id, FirstName and LastName.`,
    fail:
      people.length === 0
        ? `${name} does not map Individual: its records are no people to identity resolution.`
        : `${name} maps Individual without ${missing.join(', ')}.`,
    fix: `Add ${missing.join(', ')} under object Individual in mappings/${name}.yaml.`,
  })
  const contacts = branches.filter(branch => CONTACT_POINTS.has(branch.object))
  const found = [...new Set(contacts.map(branch => branch.object))]
  add('stream.contact-point', contacts.length > 0, {
    pass: `${name} maps ${found.join(', ')}.`,
    fail:
      `${name} maps no contact point and no party identification: a ruleset cannot match its records ` +
      'and is refused when no other stream has one.',
    fix: 'Map an e-mail address, phone, address or app, or a loyalty number as PartyIdentification.',
  })
  for (const branch of contacts) matchFieldCheck(branch, add)
}

function matchFieldCheck(branch: ObjectBranch, add: AddCheck): void {
  const wanted = MATCH_FIELDS.get(branch.object) ?? []
  const missing = wanted.filter(choice => !choice.some(field => branch.sources.has(field)))
  const what = branch.as === '' ? branch.object : `${branch.object} (${branch.as})`
  const fields = missing.map(choice => choice.join(' or ')).join(', ')
  add('stream.match-fields', missing.length === 0, {
    pass: `${what} of ${branch.stream} has the fields that match rules need, and its PartyId.`,
    fail: `${what} of ${branch.stream} lacks ${fields}: rules on it cannot use these rows fully.`,
    fix: `Map ${fields}, or give it as a constant.`,
    level: 'warn',
  })
}

/** A row reaches its person by a mapped key that some Individual has, with the same qualifier. */
function relationChecks(plan: ModelPlan, stream: StreamPlan, add: AddCheck): void {
  for (const branch of stream.branches) {
    const object = plan.catalogue.object(branch.object)
    const field = personField(object)
    if (field === undefined) continue
    const accounts = partyFields(object, 'Account').filter(
      name => name !== field && branch.parties.has(name),
    )
    const isReached = branch.parties.has(field) && isAnswered(plan, stream, { branch, field })
    const what = branch.as === '' ? branch.object : `${branch.object} (${branch.as})`
    const target = branch.partyObjects.get(field) === 1 ? 'Account' : 'Individual'
    add('stream.relationship', isReached || accounts.length > 0, {
      pass: `${what} of ${stream.schema.name} reaches its ${target} by ${isReached ? field : accounts.join(', ')}.`,
      fail: branch.parties.has(field)
        ? `${what} of ${stream.schema.name} refers to people by ${field}, and no stream maps ${target} with such keys.`
        : `${what} of ${stream.schema.name} has no ${field}: its rows belong to nobody.`,
      fix: branch.parties.has(field)
        ? unansweredFix(plan, branch, { field, target })
        : `Map ${field}${stream.schema.category === 'Engagement' ? ', or name identity fields in the stream' : ''}.`,
      ...(object.category === 'Profile' ? { level: 'warn' as const } : {}),
    })
  }
}

/** Keys of no known source: the qualifiers of those that there are, to choose from. */
function unansweredFix(
  plan: ModelPlan,
  branch: ObjectBranch,
  { field, target }: { readonly field: string; readonly target: string },
): string {
  const parties = plan.streams.flatMap(({ branches }) =>
    branches.filter(({ object }) => object === target),
  )
  const known = new Set(parties.flatMap(({ qualifiers }) => qualifiers.get('Id') ?? []))
  if (known.size === 0) return `Map ${target} in a stream with the same keys and key qualifier.`
  const lines = Array.from(known, name => `keyQualifiers: { ${field}: ${name} }`)
  return (
    `Say whose keys ${field} holds: ${lines.join(' or ')} under ${branch.object} in ` +
    `mappings/${branch.stream}.yaml, or map ${target} in a stream with the same key qualifier.`
  )
}

function isAnswered(
  plan: ModelPlan,
  stream: StreamPlan,
  { branch, field }: { readonly branch: ObjectBranch; readonly field: string },
): boolean {
  if (stream.system) return true
  const target = branch.partyObjects.get(field) === 1 ? 'Account' : 'Individual'
  const qualifier = branch.qualifiers.get(field) ?? null
  return plan.streams.some(other =>
    other.branches.some(
      candidate =>
        candidate.object === target && (candidate.qualifiers.get('Id') ?? null) === qualifier,
    ),
  )
}

/** Below this share of differing people, shared keys look meant and a few records look wrong. */
const DIFFERING_SHARE_FAIL = 0.2

function sharedIdCheck(plan: ModelPlan, pair: SharedIds): ReadinessCheck {
  const { left, right, shared, differing, ids } = pair
  const more = differing > ids.length ? ` and ${differing - ids.length} more` : ''
  const one = proposedQualifier(left, right)
  const two = proposedQualifier(right, left)
  return {
    id: 'keys.shared',
    subject: `${left}, ${right}`,
    status: differing >= shared * DIFFERING_SHARE_FAIL ? 'fail' : 'warn',
    message:
      `${left} and ${right} use the same ids for different people: ${ids.join(', ')}${more} ` +
      `(${differing} of ${shared} shared ids). Without key qualifiers they are one person.`,
    fix:
      `Set keyQualifier: ${one} in ${files(plan, left, one)} and keyQualifier: ${two} in ` +
      `${files(plan, right, two)}.${pointing(plan, [left, right])}`,
  }
}

/** The streams whose rows refer to people without a qualifier, and whose names do not say to whose. */
function pointing(plan: ModelPlan, pair: readonly string[]): string {
  const words = new Set(pair.map(name => name.split('_')[0]))
  const names = plan.streams
    .filter(({ partyRefs }) => partyRefs.some(one => one.object === 0 && one.qualifier === null))
    .map(({ schema }) => schema.name)
    .filter(name => !pair.includes(name) && !words.has(name.split('_')[0]))
  if (names.length === 0) return ''
  const places = names.map(name => `streams/${name}.yaml`).join(', ')
  return ` Set in ${places} the keyQualifier of the one whose ids it holds, too.`
}

/** The stream and the others of its source that refer to people without a qualifier. */
function files(plan: ModelPlan, stream: string, qualifier: string): string {
  const related = plan.streams.filter(
    ({ schema, partyRefs }) =>
      schema.name !== stream &&
      schema.name.split('_')[0] === qualifier &&
      partyRefs.some(reference => reference.object === 0 && reference.qualifier === null),
  )
  const names = [stream, ...related.map(other => other.schema.name)]
  return names.map(name => `streams/${name}.yaml`).join(', ')
}

function projectChecks(facts: ReadinessFacts): readonly ReadinessCheck[] {
  const { rulesets, unifiedProfiles, insights, segments, activations, deletingStreams } = facts
  return [
    ...(rulesets ? rulesetChecks(rulesets, unifiedProfiles) : []),
    ...(insights ?? []).map(insightCheck),
    ...(activations !== undefined && activations > 0 ? (segments ?? []).map(segmentCheck) : []),
    ...(deletingStreams ? [deleteCheck(deletingStreams)] : []),
  ]
}

function rulesetChecks(
  { count, max }: { readonly count: number; readonly max: number | null },
  profiles: number | undefined,
): readonly ReadinessCheck[] {
  const limit = max === null ? 'no limit' : `at most ${max}`
  const isOver = max !== null && count > max
  const checks: ReadinessCheck[] = [
    {
      id: 'rulesets.count',
      subject: 'rulesets',
      status: count === 0 || isOver ? 'fail' : 'pass',
      message: `${count} identity resolution ruleset${count === 1 ? '' : 's'} (${limit}).`,
      ...(count === 0
        ? { fix: 'Write rulesets/people.yaml: without one nothing is unified.' }
        : {}),
      ...(isOver
        ? { fix: 'Remove rulesets, or raise ir.maxRulesetsPerOrg in mainstem.yaml.' }
        : {}),
    },
  ]
  if (profiles === undefined || count === 0) return checks
  const isEmpty = profiles === 0
  return [
    ...checks,
    {
      id: 'rulesets.profiles',
      subject: 'rulesets',
      status: isEmpty ? 'fail' : 'pass',
      message: `There are ${profiles} unified profiles.`,
      ...(isEmpty ? { fix: 'Run the streams, then the ruleset: mainstem run.' } : {}),
    },
  ]
}

function insightCheck({ apiName, isOnUnified }: InsightFact): ReadinessCheck {
  const subject = `insight ${apiName}`
  if (isOnUnified) {
    return {
      id: 'insights.base',
      subject,
      status: 'pass',
      message: `${apiName} is based on unified profiles.`,
    }
  }
  return {
    id: 'insights.base',
    subject,
    status: 'warn',
    message: `${apiName} is not based on a unified object: it counts source records, not people.`,
    fix: 'Select from UnifiedIndividual and join the others by UnifiedLinkIndividual.',
  }
}

function segmentCheck({ name, members }: SegmentFact): ReadinessCheck {
  const subject = `segment ${name}`
  if (members !== null && members > 0) {
    return {
      id: 'segments.population',
      subject,
      status: 'pass',
      message: `${name} has ${members} members.`,
    }
  }
  const message = members === null ? `${name} was never counted.` : `${name} has no members.`
  return {
    id: 'segments.population',
    subject,
    status: 'warn',
    message,
    fix: `Look at its conditions, then: mainstem segments publish ${name}.`,
  }
}

function deleteCheck(streams: readonly string[]): ReadinessCheck {
  const base = { id: 'ingestion.deletes', subject: 'Ingestion API' }
  if (streams.length === 0) {
    const message = 'Deletes go through bulk delete; the Ingestion API refuses them.'
    return { ...base, status: 'pass', message }
  }
  return {
    ...base,
    status: 'warn',
    message: `The Ingestion API of ${streams.join(', ')} runs deletes, which others refuse or drop silently.`,
    fix: 'Send deletes through mainstem delete, and take `deletes: true` out of the stream.',
  }
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 12).join(', ')
  return names.length > 12 ? `${some} and ${names.length - 12} more` : some
}
