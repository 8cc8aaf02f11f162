import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { changedYaml, plainYaml } from './changed-yaml.ts'

const TEXT = `# Who is who.
label: People # shown to people
configurationType: "Individual"

# The surest first.
matchRules:
  # Nobody shares a mailbox here.
  - label: Email
    criteria:
      - { entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED } # exact
  - label: Phone and last name # a family has one phone
    criteria:
      - { entityName: ContactPointPhone, fieldName: FormattedE164PhoneNumber, matchMethodType: EXACT }
      - { entityName: Individual, fieldName: LastName, matchMethodType: EXACT }
blockMax: 500 # measured
`

interface Rules {
  readonly [key: string]: unknown
  readonly matchRules: readonly Readonly<Record<string, unknown>>[]
}
const read = (): Rules => parse(TEXT) as Rules

describe('a YAML file that is to hold another value', () => {
  test('stays as it is where nothing is another', () => {
    expect(changedYaml(TEXT, read())).toBe(TEXT)
    const { label, ...others } = read()
    expect(changedYaml(TEXT, { ...others, label })).toBe(TEXT)
  })

  test('is changed where it is another, and nowhere else', () => {
    const value = { ...read(), blockMax: 900, surnamesMax: 3 }
    expect(changedYaml(TEXT, value)).toBe(
      TEXT.replace('blockMax: 500 # measured', 'blockMax: 900 # measured\nsurnamesMax: 3'),
    )
  })

  test('keeps the comments of rules that stay, wherever they go', () => {
    const { matchRules, blockMax: _gone, ...others } = read()
    const [email = {}, phone = {}] = matchRules
    const added = { label: 'Score', kind: 'Scored', model: 'people.score.json' }
    const value = { ...others, matchRules: [added, { ...phone, confidence: 'High' }, email] }
    const changed = changedYaml(TEXT, value)
    expect(parse(changed)).toEqual(value)
    for (const kept of [
      '# Who is who.',
      '# shown to people',
      '"Individual"',
      '# The surest first.',
    ])
      expect(changed).toContain(kept)
    expect(changed).toContain('- label: Phone and last name # a family has one phone\n')
    expect(changed).toMatch(/# Nobody shares a mailbox here\.\n +- label: Email/)
    expect(changed).toContain('EXACT_NORMALIZED } # exact')
    expect(changed).not.toContain('# measured')
  })

  test('keeps how it is indented', () => {
    const text = 'label: L\nmatchRules:\n- label: A\n  criteria:\n  - fieldName: B\nblockMax: 5\n'
    expect(changedYaml(text, { ...(parse(text) as object), blockMax: 6 })).toBe(
      text.replace('5', '6'),
    )
  })

  test('is right, whatever it was: other kinds of values, anchors, no YAML at all', () => {
    const texts = [
      'a: &x [1, 2]\nb: *x\n',
      'a: &x {c: 1}\nb: *x\n',
      '[',
      '',
      '- 1\n- 2',
      'a: 0x1F\n',
    ]
    for (const text of texts) {
      for (const value of [
        { a: { c: 1 }, b: [1, 3] },
        { a: [1, 2], b: [3] },
        { b: 'yes', a: 31 },
      ])
        expect(parse(changedYaml(text, value))).toEqual(value)
    }
  })

  const json = fc.dictionary(
    fc.constantFrom('label', 'a', 'b', 'fieldName', '#', 'yes: no'),
    fc.jsonValue({ maxDepth: 3 }),
    { noNullPrototype: true },
  )
  test('holds the value, for any two of them', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const value: unknown = JSON.parse(JSON.stringify(after))
        expect(parse(changedYaml(plainYaml(JSON.parse(JSON.stringify(before))), value))).toEqual(
          value,
        )
      }),
    )
  })
})
