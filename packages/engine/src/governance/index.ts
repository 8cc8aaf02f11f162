export { AMOUNT, AT_LEAST_ONE, isWithin, type LimitRange, rangeWords } from './limit-range.ts'
export {
  type Limit,
  LIMIT_PROFILES,
  type LimitName,
  type LimitProfile,
  type Limits,
  LIMITS,
  limitsMarkdown,
  resolveLimits,
} from './limits.ts'
