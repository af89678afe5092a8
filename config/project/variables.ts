import { didYouMean } from '../load/suggest.ts'
import { escapeStep } from '../references.ts'
import type { Pointer } from '../resource.ts'

type Value = string | number | boolean
export type Variables = Readonly<Record<string, Value>>

/** A text in which a variable could not be replaced. */
export interface VariableMistake {
  readonly pointer: Pointer
  readonly message: string
  /** The variable that is not defined: however many texts name it, one definition mends them. */
  readonly missing?: string
}

/** `$${` stands for a literal `${`; a name starts with a letter. */
const PLACE = /\$\$\{|\$\{([^}]*)(\}?)/g
const WHOLE = /^\$\{([A-Za-z][\w.-]*)\}$/
const NAME = /^[A-Za-z][\w.-]*$/

/**
 * Replaces `${name}` in every text of a value; a text that is nothing but one variable takes the variable's type.
 * The value of a variable is taken as it is and not searched again.
 * @returns the value (the same object where nothing was replaced) and every mistake in it
 */
export function substitute(
  value: unknown,
  variables: Variables,
): { readonly value: unknown; readonly mistakes: readonly VariableMistake[] } {
  const mistakes: VariableMistake[] = []
  return { value: replaceIn(value, '', { variables, mistakes }), mistakes }
}

interface State {
  readonly variables: Variables
  readonly mistakes: VariableMistake[]
}

function replaceIn(value: unknown, pointer: Pointer, state: State): unknown {
  if (typeof value === 'string') return value.includes('${') ? replaceText(value, pointer, state) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return replaceList(value, pointer, state)
  return replaceMap(value as Record<string, unknown>, pointer, state)
}

function replaceList(items: readonly unknown[], pointer: Pointer, state: State): readonly unknown[] {
  const replaced = items.map((item, i) => replaceIn(item, `${pointer}/${i}`, state))
  return replaced.some((item, i) => item !== items[i]) ? replaced : items
}

function replaceMap(map: Record<string, unknown>, pointer: Pointer, state: State): Record<string, unknown> {
  let replaced: Record<string, unknown> | undefined
  for (const [key, value] of Object.entries(map)) {
    const next = replaceIn(value, `${pointer}/${escapeStep(key)}`, state)
    if (next === value) continue
    replaced ??= { ...map }
    replaced[key] = next
  }
  return replaced ?? map
}

function replaceText(text: string, pointer: Pointer, state: State): Value {
  const whole = WHOLE.exec(text)?.[1]
  if (whole !== undefined) return lookUp(whole, pointer, state)
  return text.replace(PLACE, (written, name: string | undefined, end: string) => {
    if (name === undefined) return '${'
    return end === '' ? unclosed(written, pointer, state) : String(lookUp(name, pointer, state))
  })
}

function unclosed(written: string, pointer: Pointer, state: State): string {
  state.mistakes.push({
    pointer,
    message: `"\${" is never closed by "}"; write "$\${" for the two characters themselves`,
  })
  return written
}

function lookUp(name: string, pointer: Pointer, { variables, mistakes }: State): Value {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value !== undefined) return value
  mistakes.push(NAME.test(name) ? missing(name, pointer, variables) : notAName(name, pointer))
  return ''
}

const missing = (name: string, pointer: Pointer, variables: Variables): VariableMistake => ({
  pointer,
  message: `the variable ${name} is not defined${didYouMean(name, Object.keys(variables))}`,
  missing: name,
})

const notAName = (name: string, pointer: Pointer): VariableMistake => ({
  pointer,
  message: `${JSON.stringify(name.slice(0, 60))} cannot name a variable; write "$\${" for the two characters themselves`,
})

/** A value whose texts `substitute` reads as they are: for documents that are written by a program. */
export function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(escaped)
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, escaped(v)]))
}
