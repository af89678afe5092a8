import { type ParseResult, parse } from '@marcbachmann/cel-js'
import { type Kind, type Rule, ruleInput } from '../kind.ts'
import { pathSteps, valueAt } from '../references.ts'
import type { Diagnostic, Resource, Spec } from '../resource.ts'
import { diagnose } from './diagnose.ts'

type Check = readonly (readonly [Rule, ParseResult])[]
const PARSED = new WeakMap<Kind, Check>()

function parsed(kind: Kind): Check {
  const found = PARSED.get(kind)
  if (found) return found
  const rules = kind.rules.map((rule) => [rule, parse(rule.cel)] as const)
  PARSED.set(kind, rules)
  return rules
}

/**
 * What the kind's CEL rules say about a spec of good shape; the rules see it as `self`. What a rule forbids counts only
 * where `named`, the spec of the document, has it.
 */
export function checkRules(kind: Kind, resource: Resource, named: Spec = resource.spec): readonly Diagnostic[] {
  if (kind.rules.length === 0) return []
  const { spec } = resource
  const whole = ruleInput(spec)
  return parsed(kind).flatMap(([rule, evaluate]) => {
    const self = isMereAnswer(rule, spec, named) ? ruleInput(without(spec, pathSteps(rule.at))) : whole
    const problem = problemOf(rule, evaluate, self)
    return problem ? [diagnose(resource, `/spec${rule.at}`, problem.message, { code: problem.code })] : []
  })
}

/** The system returns what the rule forbids, and the document does not name it. */
const isMereAnswer = ({ forbids, at }: Rule, spec: Spec, named: Spec): boolean =>
  forbids === true && spec !== named && (valueAt(named, at) ?? null) === null

function without(spec: Spec, [head, ...rest]: readonly string[]): Spec {
  if (head === undefined || !(head in spec)) return spec
  const { [head]: inner, ...others } = spec
  return rest.length === 0 ? others : { ...others, [head]: without(inner as Spec, rest) }
}

type Problem = { readonly message: string; readonly code: 'INVALID_DOCUMENT' | 'INTERNAL' }

function problemOf(rule: Rule, evaluate: ParseResult, self: unknown): Problem | undefined {
  try {
    return evaluate({ self }) === true ? undefined : { message: rule.message, code: 'INVALID_DOCUMENT' }
  } catch (error) {
    // As the API server does: a rule that cannot be evaluated refuses the document.
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown'
    return { message: `the rule "${rule.message}" could not be evaluated: ${reason}`, code: 'INTERNAL' }
  }
}
