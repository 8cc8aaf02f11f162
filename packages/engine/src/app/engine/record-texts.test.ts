import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordTexts } from './record-texts.ts'

test('RT1: the texts are the records, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(3), fc.boolean(), (records, indent, isFirst) => {
      const body = isFirst
        ? { data: records, operation: 'upsert' }
        : { operation: '"data"', data: records }
      const texts = recordTexts(JSON.stringify(body, undefined, indent))
      expect(texts?.map(text => JSON.parse(text) as unknown)).toEqual(
        JSON.parse(JSON.stringify(records)),
      )
    }),
  )
})

test('RT2: a text is as it was written', () => {
  const texts = recordTexts(
    String.raw`{ "data" : [ {"a": "\ud800", "b": 1.50} , 7,{"data":[1]} ] }`,
  )
  expect(texts).toEqual([String.raw`{"a": "\ud800", "b": 1.50}`, '7', '{"data":[1]}'])
})

test.each(['', '[]', '{}', '{"data":1}', '{"data":[1', '{"rows":{"data":[1]}}', '"data"'])(
  'RT3: %j is no request with records',
  body => expect(recordTexts(body)).toBeUndefined(),
)
