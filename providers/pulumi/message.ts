import { toPlumblineError } from '../../config/errors.ts'

/** What the engine shows of a failure: what is wrong, and what to do about it. */
export function messageOf(thrown: unknown): string {
  const { message, help } = toPlumblineError(thrown)
  return help === undefined ? message : `${message}. ${help}`
}
