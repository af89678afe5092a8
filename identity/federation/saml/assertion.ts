import type { Profile } from '@node-saml/node-saml'
import { wrongAnswer } from '../problems.ts'
import type { Arrival } from '../protocol.ts'
import { standardClaims } from '../standard-claims.ts'
import { recordOf, textOf } from '../values.ts'
import { ATTRIBUTE_CLAIMS } from './attributes.ts'
import { EMAIL_FORMAT, type SamlClient } from './client.ts'
import type { PersonNamed } from './encrypted-names.ts'
import { isStrongEnough } from './facts.ts'
import { requireStrongSignatures } from './signatures.ts'

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

/** What an answer belongs to. */
interface Asked {
  readonly requestId: string
  readonly recipient: string
}

/**
 * Who signed in, by an assertion whose signature, time and audience are good already. Throws the uniform refusal, with the reason, for
 * what the library leaves to its caller (SAML 2.0 Profiles, section 4.1.4.3).
 */
export function arrivalOf(
  { login, facts, block, provider }: SamlClient,
  asked: Asked,
  profile: Profile | null,
  named?: PersonNamed,
): Arrival {
  if (profile === null) throw wrongAnswer('the provider signed nobody in')
  requireStrongSignatures(profile.getAssertionXml?.() ?? '')
  const assertion = recordOf(recordOf(profile.getAssertion?.()).Assertion)
  if (textOf(profile.issuer) !== provider.entityId) throw wrongAnswer('the assertion is of another provider')
  requireBearer(assertion, asked)
  if (!isStrongEnough(facts.demand(login.spec, block), contextOf(assertion)))
    throw wrongAnswer('the person has not shown who they are in a way that is strong enough')
  const { nameID, nameIDFormat: format } = profile
  if (textOf(nameID) === undefined) throw wrongAnswer('the provider does not say who it is')
  if (named === undefined && format === TRANSIENT)
    throw wrongAnswer('the provider gives people another name at each login')
  const subject = named?.subject ?? nameID
  const plain = { ...(format === EMAIL_FORMAT ? { email: nameID } : {}), ...plainValues(profile.attributes) }
  const values = { ...plain, ...named?.values }
  const claims = standardClaims(login.spec, ATTRIBUTE_CLAIMS, values)
  const from = { issuer: provider.entityId, subject, claims }
  return provider.signOut === undefined ? from : { ...from, session: sessionOf(profile) }
}

/** What names somebody and their session in a request for logout (SAML 2.0 Core, section 3.7.1). */
const NAMED = ['issuer', 'nameID', 'nameIDFormat', 'nameQualifier', 'spNameQualifier', 'sessionIndex'] as const

const sessionOf = (profile: Profile): NonNullable<Arrival['session']> => ({
  sid: textOf(profile.sessionIndex),
  logout: JSON.stringify(profile, [...NAMED]),
})

/** XML as the library gives it: attributes are in `$`, text in `_`, elements in lists. */
const children = (element: unknown, name: string): readonly unknown[] => {
  const found = recordOf(element)[name]
  return Array.isArray(found) ? found : []
}
const attributesOf = (element: unknown) => recordOf(recordOf(element).$)
const wordIn = (element: unknown): string | undefined =>
  textOf(typeof element === 'string' ? element : recordOf(element)._)?.trim()

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

/** One confirmation of the assertion has to be meant for this address and this request; an assertion that nobody asked for has none. */
function requireBearer(assertion: unknown, { requestId, recipient }: Asked): void {
  const confirmations = children(children(assertion, 'Subject')[0], 'SubjectConfirmation')
  const isMeant = confirmations
    .filter((confirmation) => attributesOf(confirmation).Method === BEARER)
    .map((confirmation) => attributesOf(children(confirmation, 'SubjectConfirmationData')[0]))
    .some(
      (data) =>
        data.InResponseTo === requestId && data.Recipient === recipient && textOf(data.NotOnOrAfter) !== undefined,
    )
  if (!isMeant) throw wrongAnswer('the assertion is not meant for this login')
}

function contextOf(assertion: unknown): string | undefined {
  const [statement, ...others] = children(assertion, 'AuthnStatement')
  if (statement === undefined || others.length > 0)
    throw wrongAnswer('the assertion does not say that somebody signed in')
  return wordIn(children(children(statement, 'AuthnContext')[0], 'AuthnContextClassRef')[0])
}

/** Of several values the first one counts. */
function plainValues(attributes: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recordOf(attributes)).flatMap(([name, value]) => {
      const [first] = [value].flat()
      return typeof first === 'string' ? [[name, first] as const] : []
    }),
  )
}
