import { parse } from '@marcbachmann/cel-js'
import { describe, expect, it } from 'vitest'
import { type Rule, ruleInput } from '../../../config/kind.ts'
import { KINDS, kindOf } from '../../../config/kinds/index.ts'
import type { Spec } from '../../../config/resource.ts'
import { RULE_CASES, type RuleCase } from './rule-cases.ts'

/** The rules of a kind that refuse a spec. */
function refusals(kind: string, spec: Spec): readonly Rule[] {
  const rules = kindOf(kind)?.rules ?? []
  return rules.filter((rule) => parse(rule.cel)({ self: ruleInput(spec) }) !== true)
}

const named = (cases: readonly RuleCase[]) => cases.map((c) => [`${c.kind}: ${c.says}`, c] as const)

describe('a rule', () => {
  it.each(named(RULE_CASES))('accepts: %s', (_name, { kind, good }) => {
    expect(refusals(kind, good).map((r) => r.message)).toEqual([])
  })

  it.each(named(RULE_CASES))('refuses otherwise: %s', (_name, { kind, bad }) => {
    expect(refusals(kind, bad)).toHaveLength(1)
  })

  it('has a case that it refuses', () => {
    const refused = new Set(RULE_CASES.flatMap(({ kind, bad }) => refusals(kind, bad)))
    const untested = KINDS.flatMap((k) =>
      k.rules.filter((rule) => !refused.has(rule)).map((r) => `${k.name}: ${r.message}`),
    )
    expect(untested).toEqual([])
  })

  it('treats null as absent', () => {
    expect(refusals('Client', { flow: null, signingAlg: 'EdDSA' })).toEqual([])
  })
})
