import { PlumblineError } from '../../config/errors.ts'

class LoginRefusal extends PlumblineError {
  readonly reason: string | undefined

  constructor(reason: string | undefined) {
    super('UNAUTHENTICATED', 'the login was not accepted')
    this.reason = reason
  }
}

/**
 * The one answer to every login, assertion and code that is not good, whatever is wrong with it (the same text as in identity/proof).
 * `reason` is for the audit log alone.
 */
export const refused = (reason?: string): PlumblineError => new LoginRefusal(reason)

/** Why a login was refused, where more than its proof was wrong. */
export const refusalReason = (refusal: unknown): string | undefined =>
  refusal instanceof LoginRefusal ? refusal.reason : undefined
