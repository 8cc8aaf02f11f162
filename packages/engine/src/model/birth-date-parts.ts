import { nameWords } from './column-meaning.ts'
import type { ColumnStatistics } from './column-statistics.ts'

/** The parts of a birth date that may stand in columns of their own, in their order. */
export const BIRTH_DATE_PARTS = ['birthYear', 'birthMonth', 'birthDay'] as const

export type BirthDatePart = (typeof BIRTH_DATE_PARTS)[number]

const BIRTH =
  '(?<birth>b|bd|dob|born|birth|birth_?date|date_of_birth|geb|geburts?|naissance|nacimiento|nascita)'

/** Words of each part, by which the columns of one birth date differ. */
const WORDS: Readonly<Record<BirthDatePart, string>> = {
  birthYear: 'y|yr|yy|yyyy|year|jahr|annee|ano|anno',
  birthMonth: 'm|mo|mm|mon|mth|month|monat|mois|mes|mese',
  birthDay: 'd|dy|dd|day|tag|jour|dia|giorno',
}

/** `birth_year`, `dobY`, `by`, `Geburtsjahr`; and `year_of_birth`, `annee_naissance`. */
const PATTERNS = BIRTH_DATE_PARTS.flatMap(part => [
  { part, pattern: new RegExp(`^_(?<rest>.+_)?${BIRTH}_?(${WORDS[part]})_$`) },
  { part, pattern: new RegExp(`^_(?<rest>.+_)?(${WORDS[part]})_((of|de|di|da)_)?${BIRTH}_$`) },
])

/** Of the values of a year or of a day, the share that is a number at least. */
const NUMBERS_MIN = 0.9

/**
 * The columns that are a birth date together, each with its part: the three differ in nothing but the
 * word for it. A part by itself is none, whatever it is called.
 */
export function birthDateParts(
  columns: readonly ColumnStatistics[],
): ReadonlyMap<ColumnStatistics, BirthDatePart> {
  const dates = new Map<string, Map<BirthDatePart, ColumnStatistics>>()
  for (const column of columns) {
    for (const { part, rest } of partsOf(column)) {
      const date = dates.get(rest) ?? new Map<BirthDatePart, ColumnStatistics>()
      dates.set(rest, date)
      if (!date.has(part)) date.set(part, column)
    }
  }
  const whole = [...dates.values()].find(date => BIRTH_DATE_PARTS.every(part => date.has(part)))
  return new Map(Array.from(whole ?? [], ([part, column]) => [column, part]))
}

/** What a column may be a part of, by its name: nearly always nothing. */
function partsOf(
  column: ColumnStatistics,
): readonly { readonly part: BirthDatePart; readonly rest: string }[] {
  const text = `_${nameWords(column.name).join('_')}_`
  return PATTERNS.flatMap(({ part, pattern }) => {
    const { rest = '', birth } = pattern.exec(text)?.groups ?? {}
    if (birth === undefined || !fits(column, part)) return []
    return [{ part, rest: `${rest}${birth}` }]
  })
}

function fits({ rows, blank, shapes }: ColumnStatistics, part: BirthDatePart): boolean {
  return rows > blank && (part === 'birthMonth' || shapes.number >= NUMBERS_MIN)
}
