import { ident, literal } from '../query/index.ts'
import { branchesOf, type ModelPlan, type ObjectBranch } from './plan.ts'
import { trimmedSql } from './source-sql.ts'

/** Where raw phone numbers stand: SQL over `dlo_<stream>`, for the dictionary of numbers. */
export interface PhoneSource {
  readonly stream: string
  /** The number as it was written. */
  readonly rawSql: string
  /** The country that it is read in when it names none. */
  readonly regionSql: string
}

/** Every distinct place of phone numbers in the streams of a plan. */
export function phoneSources(plan: ModelPlan): readonly PhoneSource[] {
  const sources = new Map<string, PhoneSource>()
  const add = (source: PhoneSource): void => {
    sources.set(JSON.stringify(source), source)
  }
  for (const branch of branchesOf(plan, 'ContactPointPhone')) {
    const rawSql = branch.values.get('TelephoneNumber')
    if (rawSql !== undefined)
      add({ stream: branch.stream, rawSql, regionSql: regionSql(plan, branch) })
  }
  for (const { system } of plan.streams) {
    if (!system?.phoneSql) continue
    add({ stream: system.stream, rawSql: system.phoneSql, regionSql: literal(plan.region) })
  }
  return [...sources.values()]
}

/** The country of the numbers of a branch: what is mapped, where it is a country code. */
export function regionSql(plan: ModelPlan, branch: ObjectBranch): string {
  const mapped = ['PhoneCountryCode', 'CountryId'].flatMap(name => branch.values.get(name) ?? [])
  const codes = mapped.map(sql => {
    const code = `upper(${trimmedSql(sql)})`
    return `case when regexp_full_match(${code}, '[A-Z]{2}') then ${code} end`
  })
  if (codes.length === 0) return literal(plan.region)
  return `coalesce(${[...codes, literal(plan.region)].join(', ')})`
}

/**
 * The rows of a union of contact points, which have `_raw` and `_region`, joined with the dictionary
 * once: the number in E.164 is then `_e_e164`.
 */
export function withDictionary(union: string): string {
  const dictionary = 'select raw as _e_raw, region as _e_region, e164 as _e_e164 from phone_e164'
  return `(${union}) left join (${dictionary}) on _e_raw = _raw and _e_region = _region`
}

/** The name of a stream's table. */
export function streamTable(stream: string): string {
  return ident(`dlo_${stream}`)
}
