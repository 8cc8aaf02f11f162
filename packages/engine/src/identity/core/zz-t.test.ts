import { test } from 'vitest'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import { NORMALISERS } from './normalise.ts'
import { toE164 } from './phone.ts'
test('t', async () => {
  const e = await openDuckDb({ path: ':memory:', threads: 1 })
  const s = await e.session()
  await s.run(`create table t as select i, 'User.Name' || i || '@Example.com' x from range(200000) r(i)`)
  await s.run(`create table o as select * from t limit 1`)
  for (const [n, f] of Object.entries(NORMALISERS).slice(9)) {
    const sql = f.sql('x')
    let a = performance.now(); await s.rows(`select ${sql} from o`); const one = performance.now() - a
    a = performance.now(); await s.rows(`select count(${sql}) from t`); console.log(n, sql.length, one.toFixed(1), (performance.now() - a).toFixed(0))
  }
  const R = ['US','GB','DE','FR','AU'], nums = Array.from({length: 500_000}, (_, i) => { const d = String(1000000 + i); return [`(213) ${d.slice(0,3)}-${d.slice(3)}`, `020 7${d.slice(0,3)} ${d.slice(3)}`, `+49 30 ${d}`, `01 4${d}`, `+1-213-${d}`][i % 5]! })
  let a = process.cpuUsage().user/1000; let c = 0
  for (let i = 0; i < nums.length; i++) if (toE164(nums[i]!, i % 5 === 4 ? 'US' : R[i % 5]!)) c++
  console.log('phones/s', c, (nums.length / (process.cpuUsage().user/1000 - a) * 1000).toFixed(0))
}, 100000)
