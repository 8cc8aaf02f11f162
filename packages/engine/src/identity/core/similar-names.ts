/** How much two first names may differ. */
export function similarNames(one: string, other: string, _level: 'high' | 'medium' | 'low'): boolean {
  return one === other
}
