import { RE2JS, RE2JSException } from 're2js'

/** A pattern of an administrator, compiled by an engine whose work grows with the text alone; `undefined` for what it does not take. */
function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern))
  } catch (error) {
    if (error instanceof RE2JSException) return undefined
    throw error
  }
}

/** Whether the service can match by a pattern: a regular expression without look-around and back-references. */
export const isLinearPattern = (pattern: string): boolean => compiled(pattern) !== undefined

/** Whether a pattern takes the whole text. One that is no pattern takes nothing. */
export const matchesWhole = (pattern: string, text: string): boolean => compiled(pattern)?.matches(text) === true
