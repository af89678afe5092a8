import { PlumblineError } from '../../config/errors.ts'

const reasons = new WeakMap<object, string>()

/**
 * The one answer to every login, assertion and code that is not good, whatever is wrong with it (the same text as in identity/proof).
 * `reason` is for the audit log alone.
 */
export function refused(reason?: string): PlumblineError {
  const refusal = new PlumblineError('UNAUTHENTICATED', 'the login was not accepted')
  if (reason !== undefined) reasons.set(refusal, reason)
  return refusal
}

/** Why a login was refused, where more than its proof was wrong. */
export const refusalReason = (refusal: object): string | undefined => reasons.get(refusal)
