import { findingsOf, REVIEW_RULES } from './findings.ts'
import type { Review } from './model.ts'
import { sarifLog } from './sarif-log.ts'

/** The review as SARIF 2.1.0 (OASIS), for code scanning: results on the lines of YAML that cause them. */
export const reviewSarif = (review: Review, version: string): unknown =>
  sarifLog(version, REVIEW_RULES, review.environments.flatMap(findingsOf))
