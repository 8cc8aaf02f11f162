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
