import { addressOf, type Resource, type Spec } from '../config/resource.ts'

/** Why nobody signs in by a login method of the type in a trial. What is not here is played. */
const REASONS: Readonly<Record<string, string>> = {
  BankId: 'nobody but BankID can say who used its app',
  Kerberos: 'the service of this release has no login by it',
}

/** Why a trial cannot sign in by a login method; `undefined` when it can. */
export const whyNotTried = ({ type }: Spec): string | undefined => REASONS[String(type)]

/** The login methods of documents that a trial leaves out, and why. */
export const notTried = (resources: readonly Resource[]): readonly string[] =>
  resources
    .filter(({ kind, spec }) => kind === 'CimLoginMethod' && spec.enabled !== false)
    .flatMap((resource) => {
      const why = whyNotTried(resource.spec)
      return why === undefined ? [] : [`${addressOf(resource)} was not tried, because ${why}`]
    })
