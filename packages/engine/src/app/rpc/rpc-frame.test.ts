import { MainstemError } from '@mainstem/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame, FrameDecoder, type RawFrame } from './rpc-frame.ts'

const MAX = 1_000_000

const anyFrame = fc.record({
  header: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 400 }),
})

const bytesOf = (frame: { header: object; body?: Uint8Array }): Buffer =>
  Buffer.concat(encodeFrame(frame.header, frame.body, MAX))

function decodeAll(decoder: FrameDecoder, bytes: Buffer, cuts: readonly number[]): RawFrame[] {
  const frames: RawFrame[] = []
  let at = 0
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.byteLength]) {
    if (cut > at) frames.push(...decoder.push(bytes.subarray(at, cut)))
    at = Math.max(at, cut)
  }
  return frames
}

test('frames come out as they went in, however the stream was cut', () => {
  const cuts = fc.array(fc.nat({ max: 3_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 6 }), cuts, (frames, at) => {
      const bytes = Buffer.concat(frames.map(bytesOf))
      const decoder = new FrameDecoder(MAX)
      const inside = at.map(cut => Math.min(cut, bytes.byteLength))
      const out = decodeAll(decoder, bytes, inside)
      expect(out.map(frame => frame.header)).toEqual(
        frames.map(frame => JSON.parse(JSON.stringify(frame.header))),
      )
      expect(out.map(frame => Array.from(frame.body))).toEqual(
        frames.map(frame => Array.from(frame.body)),
      )
      expect(decoder.isInside).toBe(false)
    }),
  )
})

test('a byte at a time is no different', () => {
  const bytes = Buffer.concat([bytesOf({ header: { a: 1 } }), bytesOf({ header: { b: 'ü' } })])
  const every = Array.from({ length: bytes.byteLength }, (_, index) => index)
  const out = decodeAll(new FrameDecoder(MAX), bytes, every)
  expect(out.map(frame => frame.header)).toEqual([{ a: 1 }, { b: 'ü' }])
})

test('whatever the bytes are, they are frames, wait for more, or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      let outcome = 'frames'
      try {
        const frames = [...new FrameDecoder(100).push(Buffer.from(bytes))]
        outcome = frames.every(frame => typeof frame.header === 'object') ? 'frames' : 'nonsense'
      } catch (error) {
        outcome = error instanceof MainstemError ? error.code : String(error)
      }
      expect(['frames', 'ENGINE_AWAY', 'BODY_TOO_LARGE']).toContain(outcome)
    }),
    { numRuns: 500 },
  )
})

test('a length over the limit is refused as soon as it is seen, and nothing is set aside for it', () => {
  const lie = Buffer.alloc(4)
  lie.writeUInt32LE(101, 0)
  expect(() => [...new FrameDecoder(100).push(lie)]).toThrow('rpc.frameBytesMax (100)')
  lie.writeUInt32LE(100, 0)
  expect([...new FrameDecoder(100).push(lie)]).toEqual([])
})

test('a message over the limit is not encoded, and one at the limit is', () => {
  const header = { a: 1 }
  const room = 4 + JSON.stringify(header).length
  expect(encodeFrame(header, new Uint8Array(10), room + 10)).toHaveLength(2)
  expect(() => encodeFrame(header, new Uint8Array(11), room + 10)).toThrow('rpc.frameBytesMax')
})
