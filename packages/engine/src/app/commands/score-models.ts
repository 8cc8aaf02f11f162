import { probabilityOf, type ScoredMatcher } from '../../identity/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { type AnswerPlace, placeOf } from './answer.ts'
import { modelPicture } from './model-picture.ts'
import { rulesetsNamed } from './rulesets-named.ts'
import type { ShownModel } from './shown-model.ts'

/** The answer of `model`. */
export interface ScoreModels extends AnswerPlace {
  readonly models: readonly ShownModel[]
  /** The picture, where one is asked for. */
  readonly svg?: string
}

/** What is asked for of the models. */
export interface ModelsRequest {
  /** The label of a ruleset; all, if there is none. */
  readonly ruleset?: string | undefined
  readonly wantsSvg?: boolean
}

/** What the scored rules of the applied rulesets weigh; none where no rule is scored. */
export function scoreModels(
  engine: Engine,
  { ruleset, wantsSvg = false }: ModelsRequest,
): ScoreModels {
  const models = rulesetsNamed(engine, ruleset).flatMap(runtime => {
    const { scored } = runtime.stage
    return scored ? [shownModel(runtime, scored)] : []
  })
  const document = { ...placeOf(engine), models }
  return wantsSvg ? { ...document, svg: modelPicture(models) } : document
}

function shownModel({ definition }: RulesetRuntime, scored: ScoredMatcher): ShownModel {
  const rule = definition.matchRules.find(({ kind }) => kind === 'Scored')
  const { fields, related, records } = scored.definition
  const { link, prior } = scored.links
  return {
    ruleset: definition.label,
    rule: rule?.label ?? '',
    threshold: rounded(probabilityOf(link), 6),
    linkBits: rounded(link),
    priorBits: rounded(prior),
    relatedBits: related === 0 ? null : rounded(Math.log2(related)),
    records,
    fields: fields.map(({ field, name, kind, frequent, levels }) => ({
      field: name === undefined ? field : `${field} (${name})`,
      kind,
      frequentValues: Object.keys(frequent).length,
      levels: levels.map(one => ({ ...one, bits: rounded(Math.log2(one.match / one.random)) })),
    })),
    blocking: scored.passLabels,
  }
}

function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
