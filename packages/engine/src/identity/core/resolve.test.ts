import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MapMatchIndex } from './adapters/map-match-index.ts'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { ContestedReport } from './contested.ts'
import { applyChange, type IndexChange, relabel } from './index-change.ts'
import { answersOf } from './match-index.contract.ts'
import { type KeyBatch, keyBatch, type MatchIndex, SURNAME_RULE } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'
import {
  INCREMENTAL_STEPS,
  type IncrementalSteps,
  incrementalResolver,
  resolveIncremental,
} from './resolve-incremental.ts'
import {
  changeOf,
  checkHistory,
  histories,
  type Parts,
  SMALL,
  SOUND,
  stageAfter,
} from './resolve.contract.ts'
import { fullPartition } from './resolve.ts'

describe('the law: incremental = full = the rules read aloud', () => {
  test('on typed arrays', () => {
    expect(() => checkHistories(SOUND, 1500)).not.toThrow()
  })

  test('on plain maps', () => {
    const onMaps = { ...SOUND, index: () => new MapMatchIndex() }
    expect(() => checkHistories(onMaps, 300)).not.toThrow()
  })

  test('order and batching do not matter', () => {
    fc.assert(
      fc.property(histories, history => {
        const one = new TypedArrayMatchIndex()
        const other = new TypedArrayMatchIndex()
        const sources = history.flatMap(batch => batch.sources)
        const last = new Map(sources.map(source => [source.pid, source]))
        for (const batch of history) resolveIncremental(one, changeOf(batch.sources), SMALL)
        for (const source of [...last.values()].toReversed()) {
          resolveIncremental(other, changeOf([source]), SMALL)
        }
        const found = [one, other].map(index => {
          const { component, contested } = fullPartition(index, SMALL)
          return { component: [...component].join(' '), contested }
        })
        expect(found[0]).toEqual(found[1])
      }),
    )
  })

  test('undo takes a change back whole', () => {
    fc.assert(
      fc.property(histories, history => {
        const index = new TypedArrayMatchIndex()
        for (const { sources } of history.slice(1)) {
          resolveIncremental(index, changeOf(sources), SMALL)
        }
        const last = changeOf(history[0]?.sources ?? [])
        index.setPresent(last.pids, false)
        const before = answersOf(index)
        resolveIncremental(index, last, SMALL).undo()
        expect(answersOf(index)).toEqual(before)
      }),
    )
  })

  test('undo of the report of contested keys brings the earlier one back', () => {
    fc.assert(
      fc.property(histories, history => {
        const stage = stageAfter(history.slice(1))
        const report = new ContestedReport(stage.contested)
        const before = report.entries
        const change = changeOf(history[0]?.sources ?? [])
        report.take(resolveIncremental(stage.index, change, stage.options))()
        expect(report.entries).toEqual(before)
      }),
    )
  })

  test('undo of labels sets the earlier ones back', () => {
    const index = new MapMatchIndex()
    index.setLabel(1, 5)
    const undo = relabel(index, Int32Array.of(1, 2), Int32Array.of(7, 8))
    expect([index.label(1), index.label(2)]).toEqual([7, 8])
    undo()
    expect([index.label(1), index.label(2)]).toEqual([5, -1])
  })
})

describe('the property catches', () => {
  test('nothing in a sound heart that is wrapped as the broken ones are', () => {
    for (const parts of [withIndex({}), withSteps({}), withOptions({})]) {
      expect(() => checkHistories(parts, 100)).not.toThrow()
    }
  })

  for (const [fault, parts] of Object.entries(mutants())) {
    test(`a heart that ${fault}`, () => {
      const verdict = fc.check(
        fc.property(histories, history => checkHistory(parts, history)),
        { numRuns: 3000, seed: 42, endOnFailure: true },
      )
      expect(verdict.failed, 'the broken variant went unnoticed').toBe(true)
    })
  }
})

function checkHistories(parts: Parts, numRuns: number): void {
  fc.assert(
    fc.property(histories, history => checkHistory(parts, history)),
    { numRuns },
  )
}

/** Broken variants of the heart, by what they do wrong. */
function mutants(): Readonly<Record<string, Parts>> {
  return {
    'forgets removals of keys': withIndex({
      replace(index, pids, batch) {
        const before = index.replace(pids, keyBatch([]))
        index.add(before)
        index.add(batch)
        return before
      },
    }),
    'forgets deletes of nodes': withIndex({
      setPresent: (index, pids, present) => index.setPresent(pids, present || true),
    }),
    'counts absent nodes in a block': withIndex({
      blockSize(index, block) {
        const pids = new Set<number>()
        index.eachRow((held, pid) => held === block && pids.add(pid))
        return pids.size
      },
    }),
    'counts rows, not nodes, in a block': withIndex({
      blockSize(index, block) {
        let rows = 0
        index.eachMember(block, () => (rows += 1))
        return rows
      },
    }),
    'ignores a limit crossed downwards': withSteps({
      crossed: (index, before, after) =>
        INCREMENTAL_STEPS.crossed(
          index,
          before,
          new Map([...after].filter(([, { contest }]) => contest !== undefined)),
        ),
    }),
    'ignores a limit crossed upwards': withSteps({
      crossed: (index, before, after) =>
        INCREMENTAL_STEPS.crossed(
          index,
          before,
          new Map([...after].filter(([, { contest }]) => contest === undefined)),
        ),
    }),
    'forgets whom a touched node was joined to': withSteps({ mates: () => new Set<number>() }),
    'drops transitive unions': withSteps({
      components: (index, seeds, options) =>
        rawComponents(index, seeds, options)
          .flatMap(found => [found.slice(0, 2), found.slice(2)])
          .filter(part => part.length > 0),
    }),
    'never cuts a cluster': withSteps({
      refine: (_index, component) => ({ parts: [component], contested: [], cuts: [] }),
    }),
    'cuts a cluster one too late': withSteps({
      refine: (index, component, options) =>
        refineComponent(index, component, { ...options, clusterMax: options.clusterMax + 1 }),
    }),
    'cuts a cluster into single nodes': withSteps({
      refine(index, component, options) {
        const refined = refineComponent(index, component, options)
        if (component.length <= options.clusterMax) return refined
        return { ...refined, parts: component.map(pid => [pid]) }
      },
    }),
    'makes single nodes of a cluster in dispute': withSteps({
      refine(index, component, options) {
        const refined = refineComponent(index, component, options)
        if (refined.cuts.length === 0) return refined
        return { ...refined, parts: component.map(pid => [pid]) }
      },
    }),
    'takes the weakest links first': withSteps({
      refine: (index, component, options) => refineComponent(upsideDown(index), component, options),
    }),
    'forgets those joined by decision to one that leaves': withSteps({
      mates: (index, pids, options) =>
        INCREMENTAL_STEPS.mates(index, pids, { ...options, decisions: undefined }),
    }),
    'walks along match keys only': withSteps({
      components: (index, seeds, options) =>
        rawComponents(index, seeds, { ...options, decisions: undefined }),
    }),
    'forgets what is never together': withRule(ruling =>
      ruling.verdict === 'never' ? { ...ruling, verdict: undefined } : ruling,
    ),
    'forgets what is together': withRule(ruling =>
      ruling.verdict === 'together' ? { ...ruling, verdict: undefined } : ruling,
    ),
    'takes no decision back': withRule(ruling => ({
      ...ruling,
      verdict: ruling.verdict ?? 'never',
    })),
    'forgets in full runs what is decided': {
      ...SOUND,
      full: (index, options) => fullPartition(index, { ...options, decisions: undefined }),
    },
    'cuts for decisions before it cuts for size': withSteps({
      refine(index, component, options) {
        const whole = refineComponent(index, component, { ...options, clusterMax: 99 })
        const parts = whole.parts.map(part => refineComponent(index, part, options))
        return {
          parts: parts.flatMap(part => part.parts),
          contested: refineComponent(index, component, options).contested,
          cuts: whole.cuts,
        }
      },
    }),
    'applies rows but not presence': withSteps({
      apply: (index, change) => applyChange(index, { ...change, present: change.present.fill(1) }),
    }),
    'compares blanks': { ...SOUND, emit: rows => rows },
    'is off by one at blockMax': withOptions({ blockMax: SMALL.blockMax + 1 }),
    'is off by one below blockMax': withOptions({ blockMax: SMALL.blockMax - 1 }),
    'is off by one at surnamesMax': withOptions({ surnamesMax: SMALL.surnamesMax + 1 }),
    'is off by one below surnamesMax': withOptions({ surnamesMax: SMALL.surnamesMax - 1 }),
    'is off by one at idsMax': withOptions({ idsMax: SMALL.idsMax + 1 }),
    'takes every key for a number that people have one of': withOptions({ idRules: [0, 2] }),
    'forgets that a surname is gone': withIndex({
      replace(index, pids, batch) {
        const before = index.replace(pids, batch)
        index.add(ofRule(before, rule => rule === SURNAME_RULE))
        index.add(ofRule(batch, rule => rule === SURNAME_RULE))
        return before
      },
    }),
    'looks at changed keys only, not at those of changed surnames': withSteps({
      contests(index, { rows }, options) {
        return INCREMENTAL_STEPS.contests(index, { ...emptyChange(), rows }, options)
      },
    }),
    'leaves the members of a key that a surname freed where they are': withSteps({
      crossed: (index, before, after) =>
        INCREMENTAL_STEPS.crossed(
          index,
          before,
          new Map([...after].filter(([text]) => before.get(text)?.contest?.why !== 'surnames')),
        ),
    }),
    'is off by one at valuesMax': withOptions({ valuesMax: SMALL.valuesMax + 1 }),
    'is off by one at clusterMax': withOptions({ clusterMax: SMALL.clusterMax + 1 }),
    'joins equal names only': withOptions({ similar: () => false }),
    'joins all names of a block': withOptions({ similar: () => true }),
    'keeps stale labels of the departed': {
      ...SOUND,
      relabel: (index, pids, uids) =>
        relabel(
          index,
          pids.filter((_pid, at) => uids[at] !== -1),
          uids.filter(uid => uid !== -1),
        ),
    },
    'relabels touched nodes only': {
      ...SOUND,
      relabel: (index, pids, uids) => relabel(index, pids.slice(0, 1), uids),
    },
    'gives both parts of a split the old uid': {
      ...SOUND,
      assign(input) {
        const ids = SOUND.assign(input)
        const from = new Map(ids.splits.map(split => [split.to, split.from]))
        return { ...ids, uids: ids.uids.map(uid => from.get(uid) ?? uid) }
      },
    },
    'never clears the contested report': {
      ...SOUND,
      update: (report, news) => SOUND.update(report, { ...news, blocks: [], pids: [] }),
    },
    'reports only the latest contested blocks': {
      ...SOUND,
      update: (_report, news) => new ContestedReport(news.contested),
    },
    'runs in full without fuzzy rules': {
      ...SOUND,
      full: (index, options) => fullPartition(index, { ...options, similar: () => false }),
    },
  }
}

function ofRule(batch: KeyBatch, holds: (rule: number) => boolean): KeyBatch {
  const places = [...batch.rule.subarray(0, batch.count).keys()]
  const kept = places.filter(at => holds(batch.rule[at] ?? 0))
  return keyBatch(
    kept.map(at => ({
      rule: batch.rule[at] ?? 0,
      key: batch.key[at] ?? 0n,
      pid: batch.pid[at] ?? 0,
      value: batch.value[at] ?? -1,
    })),
  )
}

function emptyChange(): IndexChange {
  return { pids: new Int32Array(0), present: new Uint8Array(0), rows: keyBatch([]) }
}

function withOptions(options: Partial<typeof SMALL>): Parts {
  return { ...SOUND, options: { ...SMALL, ...options } }
}

function withRule(rule: Parts['rule']): Parts {
  return { ...SOUND, rule }
}

/** The same index with its rules, and so the strengths of its links, in the opposite order. */
function upsideDown(index: MatchIndex): MatchIndex {
  return new Proxy<MatchIndex>(index, {
    get(_target, name) {
      if (name === 'blockName') {
        return (block: number) => {
          const { rule, key } = index.blockName(block)
          return { rule: 1 - rule, key }
        }
      }
      const held: unknown = Reflect.get(index, name, index)
      return typeof held === 'function' ? held.bind(index) : held
    },
  })
}

function withSteps(steps: Partial<IncrementalSteps>): Parts {
  return { ...SOUND, resolve: incrementalResolver({ ...INCREMENTAL_STEPS, ...steps }) }
}

type Broken = {
  readonly [M in 'replace' | 'setPresent' | 'blockSize']?: (
    index: MatchIndex,
    ...given: Parameters<MatchIndex[M]>
  ) => ReturnType<MatchIndex[M]>
}

/** A sound index whose named methods are replaced. */
function withIndex(broken: Broken): Parts {
  return {
    ...SOUND,
    index() {
      const sound = new MapMatchIndex()
      return new Proxy<MatchIndex>(sound, {
        get(_target, name) {
          if (name in broken) {
            const method = Reflect.get(broken, name) as (...given: unknown[]) => unknown
            return (...given: unknown[]) => method(sound, ...given)
          }
          const held: unknown = Reflect.get(sound, name, sound)
          return typeof held === 'function' ? held.bind(sound) : held
        },
      })
    },
  }
}
