import type { Condition, Term, TermValue } from '../../store/store.ts'

type Comparison = Exclude<Condition, { readonly op: 'and' | 'or' | 'not' | 'item' | 'namedBy' }>

/** Whether the terms of one item of a list fulfil a value filter. Conditions on other resources do not occur in one. */
export function fulfils(terms: readonly Term[], condition: Condition): boolean {
  switch (condition.op) {
    case 'and':
      return condition.of.every((part) => fulfils(terms, part))
    case 'or':
      return condition.of.some((part) => fulfils(terms, part))
    case 'not':
      return !fulfils(terms, condition.of)
    case 'item':
    case 'namedBy':
      return false
    default:
      return terms.some(
        ({ field, value }) => field === condition.field && value !== undefined && holds(value, condition),
      )
  }
}

function holds(value: TermValue, condition: Comparison): boolean {
  switch (condition.op) {
    case 'present':
      return true
    case 'in':
      return condition.values.includes(value)
    case 'co':
      return String(value).includes(condition.value)
    case 'sw':
      return String(value).startsWith(condition.value)
    case 'ew':
      return String(value).endsWith(condition.value)
    default:
      return ORDER[condition.op](value, condition.value)
  }
}

const ORDER: Readonly<Record<'gt' | 'ge' | 'lt' | 'le', (found: TermValue, wanted: TermValue) => boolean>> = {
  gt: (found, wanted) => found > wanted,
  ge: (found, wanted) => found >= wanted,
  lt: (found, wanted) => found < wanted,
  le: (found, wanted) => found <= wanted,
}
