/** Longest name of an object or field. */
export const NAME_LENGTH_MAX = 40

/** Objects that the platform makes itself; a custom object may not take their names. */
const PLATFORM_NAMES = /^(unified|engagementevent$)|(identitylink|_smh?)$/i

/** Why a name may not be used (semantics 2.1), or nothing when it may. */
export function nameProblem(name: string): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return `is longer than ${NAME_LENGTH_MAX} characters`
  if (!/^[A-Za-z]/.test(name)) return 'does not start with a letter'
  if (!/^[A-Za-z0-9_]+$/.test(name))
    return 'has characters other than letters, digits and underscores'
  if (name.endsWith('_')) return 'ends with an underscore'
  if (name.includes('__')) return 'has two underscores in a row'
  return undefined
}

/** Why an object may not be called this, or nothing when it may. */
export function objectNameProblem(name: string): string | undefined {
  if (PLATFORM_NAMES.test(name)) return 'is kept for objects that the platform makes'
  return nameProblem(name)
}
