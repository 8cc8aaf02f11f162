import type { Condition } from '@mainstem/contracts'
import { compileSegment, type CompiledSegment } from './compile-segment.ts'
import { testSchema } from './plain-evaluator.contract.ts'
import type { SegmentSettings } from './segment-settings.ts'

/** A segment over the small data sets. */
export const compiled = (
  include: Condition,
  settings: SegmentSettings,
  exclude?: Condition,
): CompiledSegment =>
  compileSegment(
    {
      developerName: 's',
      segmentOn: 'UnifiedIndividual',
      include,
      ...(exclude ? { exclude } : {}),
    },
    testSchema,
    settings,
  )
