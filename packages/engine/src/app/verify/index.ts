export {
  type LawResult,
  type NotCompared,
  type RowSample,
  type TableCheck,
  VERIFY_STAGES,
  type VerifyStage,
} from './report.ts'
export { verifyLines } from './verify-lines.ts'
export { type VerifyReport, type VerifyRequest, verifyStore } from './verify-store.ts'
