import type { Change } from '../../reconciler/adapter.ts'
import { type Action, REMOVALS, type Step } from '../../reconciler/model.ts'

/** How an action looks in a text, and what it is called when it is counted and when it is done. */
export interface ActionWords {
  readonly mark: string
  readonly style: 'green' | 'yellow' | 'red' | 'dim' | 'cyan'
  readonly pending: string
  readonly done: string
}

export const ACTION_WORDS: Readonly<Record<Action, ActionWords>> = {
  create: { mark: '+', style: 'green', pending: 'to create', done: 'created' },
  adopt: { mark: '>', style: 'cyan', pending: 'to adopt', done: 'adopted' },
  update: { mark: '~', style: 'yellow', pending: 'to update', done: 'updated' },
  replace: { mark: '±', style: 'red', pending: 'to replace', done: 'replaced' },
  delete: { mark: '-', style: 'red', pending: 'to delete', done: 'deleted' },
  reset: { mark: '-', style: 'red', pending: 'to reset', done: 'reset' },
  forget: { mark: '-', style: 'dim', pending: 'to forget', done: 'forgotten' },
  move: { mark: '→', style: 'cyan', pending: 'moved', done: 'moved' },
  leave: { mark: '?', style: 'yellow', pending: 'left', done: 'left' },
  report: { mark: '?', style: 'cyan', pending: 'different and left so', done: 'left as it is' },
  none: { mark: '=', style: 'dim', pending: 'unchanged', done: 'unchanged' },
  blocked: { mark: '!', style: 'red', pending: 'blocked', done: 'blocked' },
}

const shown = (value: unknown): string => (value === undefined ? '(absent)' : JSON.stringify(value))

/** The two sides of a change as texts; a secret shows as `(secret)`. */
export function sidesOf(change: Change): readonly [from: string, to: string] {
  return change.secret ? ['(secret)', '(secret)'] : [shown(change.from), shown(change.to)]
}

/** What a change does to the safety of logins, and whether it can be made at creation only. */
export function remarksOn({ impact, createOnly }: Change): readonly string[] {
  return [...(impact === 'neutral' ? [] : [impact]), ...(createOnly ? ['at creation only'] : [])]
}

/** Differences that an exception lets stand: `/pin/size  4 (the document says 6), left as it is until 2026-12-31: why`. */
export const exceptedLines = ({ excepted = [] }: Step): readonly string[] =>
  excepted.map((change) => {
    const [from, to] = sidesOf(change)
    const what = change.path === '' ? 'the object is gone' : `${change.path}  ${from} (the document says ${to})`
    return `${what}, left as it is until ${change.until}: ${change.reason}`
  })

/** What became of the memory of an object, when another address had it: `→ moved from Tenant/old`. */
export function memoryNote({ action, from, kind, tenant, key }: Step): string | undefined {
  if (from === undefined) return undefined
  const object = `${kind} ${tenant === undefined ? '' : `${tenant}/`}${key}`
  return action === 'leave' || REMOVALS.has(action) ? `${from} leaves ${object}` : `→ moved from ${from}`
}
