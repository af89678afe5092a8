import { API_VERSION } from '../config/resource.ts'
import { checkRules } from '../config/validate/rules.ts'
import type { RuleCheck } from './decide.ts'

/** The CEL rules of a kind, on a spec that no document holds: the desired fields over the observed ones. */
export const ruleCheck: RuleCheck = (kind, spec, named) =>
  checkRules(kind, { apiVersion: API_VERSION, kind: kind.name, metadata: { name: '' }, spec }, named).map(
    (d) => d.message,
  )
