import { PlumblineError } from '../../config/errors.ts'

/** The one answer to every login, assertion and code that is not good, whatever is wrong with it (the same text as in identity/proof). */
export const refused = (): PlumblineError => new PlumblineError('UNAUTHENTICATED', 'the login was not accepted')
