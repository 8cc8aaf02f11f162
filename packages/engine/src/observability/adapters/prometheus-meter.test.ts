import { expect, test } from 'vitest'
import { PrometheusMeter } from './prometheus-meter.ts'

const meter = (): PrometheusMeter => new PrometheusMeter({ processBasics: false })

test('MT1: a counter shows the sum of what was added, per set of labels', async () => {
  const metrics = meter()
  const counter = metrics.counter({ name: 'requests_total', help: 'Requests.', labels: ['route'] })
  counter.add(1, { route: '/a' })
  counter.add(2, { route: '/a' })
  counter.add(5, { route: '/b' })
  const { text } = await metrics.expose()
  expect(text).toContain('requests_total{route="/a"} 3')
  expect(text).toContain('requests_total{route="/b"} 5')
})

test('MT2: a gauge shows what its reading gives now', async () => {
  const metrics = meter()
  let rows = [{ value: 4, labels: { stream: 'crm' } }]
  metrics.gauge({ name: 'problems', help: 'Problem records.', labels: ['stream'] }, () => rows)
  expect((await metrics.expose()).text).toContain('problems{stream="crm"} 4')
  rows = [{ value: 1, labels: { stream: 'shop' } }]
  const { text } = await metrics.expose()
  expect(text).toContain('problems{stream="shop"} 1')
  expect(text).not.toContain('crm')
})

test('MT3: a gauge whose reading fails is left out, and only that one', async () => {
  const metrics = meter()
  metrics.gauge({ name: 'lag', help: 'Lag.' }, () => Promise.reject(new Error('away')))
  metrics.gauge({ name: 'rows', help: 'Rows.', labels: ['stream'] }, () => [])
  metrics.gauge({ name: 'end', help: 'End.' }, () => [{ value: 7 }])
  const { text } = await metrics.expose()
  expect(text).not.toMatch(/^lag /m)
  expect(text).toMatch(/^end 7$/m)
})

test('a histogram counts into its buckets', async () => {
  const metrics = meter()
  const seconds = metrics.histogram({ name: 'took_seconds', help: 'Time.', buckets: [0.1, 1] })
  seconds.observe(0.05)
  seconds.observe(0.5)
  const { text } = await metrics.expose()
  expect(text).toContain('took_seconds_bucket{le="0.1"} 1')
  expect(text).toContain('took_seconds_bucket{le="1"} 2')
})

test('two meters do not share their numbers, and the basics of the process can be had', async () => {
  const basics = new PrometheusMeter({ processBasics: true })
  expect((await basics.expose()).text).toContain('mainstem_process_resident_memory_bytes')
  expect((await meter().expose()).text).not.toContain('resident_memory')
})
