import { isRecord } from '../config/json.ts'
import { addressOf, type Resource, type Spec } from '../config/resource.ts'

const NEEDS_PROVIDER = 'nobody but the provider can sign what it says of people'
const NOT_SERVED = 'the service of this release has no login by it'

/** Why nobody signs in by a login method of the type in a trial. What is not here stands in for its provider. */
const REASONS: Readonly<Record<string, string>> = {
  Saml: NEEDS_PROVIDER,
  DigiD: NEEDS_PROVIDER,
  Eidas: NEEDS_PROVIDER,
  Ldap: 'a directory would have to be asked',
  QrCode: 'it takes a device that is signed in already',
  SignInWithApple: 'its key is in the keystore, and in no document',
  Itsme: 'its answers are encrypted to a key that the provider has to be given',
  BankId: 'nobody but BankID can say who used its app',
  Idin: NOT_SERVED,
  Kerberos: NOT_SERVED,
}

const ENCRYPTED = 'its answers are encrypted to a key that the provider has to be given'

/** Why a trial cannot sign in by a login method; `undefined` when it can. */
export function whyNotTried({ type, openIdConnect }: Spec): string | undefined {
  const { idTokenEncryptionRequired, userInfoEncryptionRequired } = isRecord(openIdConnect) ? openIdConnect : {}
  return idTokenEncryptionRequired === true || userInfoEncryptionRequired === true ? ENCRYPTED : REASONS[String(type)]
}

/** The login methods of documents that a trial leaves out, and why. */
export const notTried = (resources: readonly Resource[]): readonly string[] =>
  resources
    .filter(({ kind, spec }) => kind === 'CimLoginMethod' && spec.enabled !== false)
    .flatMap((resource) => {
      const why = whyNotTried(resource.spec)
      return why === undefined ? [] : [`${addressOf(resource)} was not tried, because ${why}`]
    })
