import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { otherReading } from './yaml-1-1.ts'

const MAX_DEPTH = 100
/** Values that aliases may add to one document: enough for shared settings, far too few for a billion laughs. */
const MAX_ALIASED_VALUES = 10_000

/** A mistake that only shows while values are built. */
export interface ValueMistake {
  readonly offset: number
  readonly message: string
}

interface Anchored {
  readonly node: unknown
  /** Missing while the anchored value is still being built, i.e. inside itself. */
  readonly built?: { readonly value: unknown; readonly size: number }
}

interface State {
  readonly anchors: Map<string, Anchored>
  readonly mistakes: ValueMistake[]
  size: number
  aliased: number
}

/**
 * A YAML node as plain JSON. Keys are unique texts, numbers are exact, and aliases share one value.
 * @returns the value, and every mistake with its offset; with a mistake the value is incomplete.
 */
export function toJson(node: unknown): { readonly value: unknown; readonly mistakes: readonly ValueMistake[] } {
  const state: State = { anchors: new Map(), mistakes: [], size: 0, aliased: 0 }
  return { value: build(node, state, 0), mistakes: state.mistakes }
}

function build(node: unknown, state: State, depth: number): unknown {
  const { anchor } = node as { anchor?: string }
  if (anchor === undefined) return plain(node, state, depth)
  const before = state.size
  state.anchors.set(anchor, { node })
  const value = plain(node, state, depth)
  state.anchors.set(anchor, { node, built: { value, size: state.size - before } })
  return value
}

function plain(node: unknown, state: State, depth: number): unknown {
  state.size += 1
  if (isScalar(node)) return scalar(node, state)
  if (depth >= MAX_DEPTH) return mistake(state, node, `more than ${MAX_DEPTH} levels of nesting`)
  if (isMap(node)) return map(node, state, depth)
  if (isSeq(node)) return (node as YAMLSeq).items.map((item) => build(item, state, depth + 1))
  return isAlias(node) ? alias(node, state) : null
}

function map(node: YAMLMap, state: State, depth: number): unknown {
  const out: Record<string, unknown> = {}
  for (const pair of node.items) {
    const key = keyOf(pair, state)
    const value = pair.value === null ? null : build(pair.value, state, depth + 1)
    if (isUsable(key, out, pair, state)) out[key] = value
  }
  return out
}

function keyOf({ key }: Pair, state: State): string {
  const { anchor, value } = key as Scalar
  refuseOtherReading(key as Scalar, state)
  if (anchor !== undefined) state.anchors.set(anchor, { node: key, built: { value, size: 1 } })
  return String(value)
}

/** Keys that YAML reads in surprising ways, or that JavaScript does. */
const REFUSED: Readonly<Record<string, string>> = {
  '<<': 'merge keys (<<) are not read; write the fields out, or alias each value',
  ['__proto__']: 'the key __proto__ is not allowed',
}

export const isRefusedKey = (key: string): boolean => Object.hasOwn(REFUSED, key)

function isUsable(key: string, out: object, { key: node }: Pair, state: State): boolean {
  const refused = isRefusedKey(key) ? REFUSED[key] : undefined
  const message = refused ?? (Object.hasOwn(out, key) ? `the key "${key}" is here twice; keep one` : undefined)
  if (message !== undefined) mistake(state, node, message)
  return message === undefined
}

function refuseOtherReading(node: Scalar, state: State): void {
  const other = node.type === 'PLAIN' ? otherReading(node.source ?? '') : undefined
  if (other !== undefined) mistake(state, node, other)
}

function scalar(node: Scalar, state: State): unknown {
  refuseOtherReading(node, state)
  if (typeof node.value !== 'number') return node.value
  if (!Number.isFinite(node.value)) return mistake(state, node, `${node.source} is not a number that JSON can hold`)
  if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value))
    return mistake(state, node, `the number ${node.source} is too large to be exact; put it in quotes if it is a text`)
  return node.value
}

function alias(node: Alias, state: State): unknown {
  const found = state.anchors.get(node.source)
  if (found === undefined) return mistake(state, node, `there is no anchor &${node.source} before this alias`)
  if (found.built === undefined) return mistake(state, node, `the alias *${node.source} contains itself`)
  const before = state.aliased
  state.size += found.built.size
  state.aliased += found.built.size
  if (state.aliased <= MAX_ALIASED_VALUES) return found.built.value
  return before > MAX_ALIASED_VALUES
    ? null
    : mistake(state, node, `aliases add more than ${MAX_ALIASED_VALUES} values to this document; write it out`)
}

function mistake(state: State, node: unknown, message: string): null {
  state.mistakes.push({ offset: (node as { range?: readonly number[] }).range?.[0] ?? 0, message })
  return null
}
