import type { PolicyDocument } from '../../policy/inputs.ts'
import { wrongAnswer } from '../problems.ts'
import type { Arrival } from '../protocol.ts'
import { type ClaimNames, standardClaims } from '../standard-claims.ts'
import { allIn, decryptedElement, textIn } from '../xml-elements.ts'
import { IDX, LEVEL, SAML_ASSERTION, SAML_PROTOCOL } from './messages.ts'
import type { KeyPair } from './xml.ts'

const CONSUMER = 'urn:nl:bvn:bankid:1.0:consumer.'
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const SKEW_MILLISECONDS = 60_000
/** What banks call somebody for one login alone. */
const TRANSIENT = /^TRANS/
const ISSUER = 'urn:nl:bvn:bankid'

/** Attributes of people (iDIN Merchant Implementation Guidelines) → the standard claim that they fill. */
const CLAIMS: ClaimNames = [
  [`${CONSUMER}preferredlastname`, 'family_name'],
  [`${CONSUMER}legallastname`, 'family_name'],
  [`${CONSUMER}email`, 'email'],
  [`${CONSUMER}telephone`, 'phone_number'],
]

/** To what an answer belongs. */
export interface AskedOfBank {
  readonly transaction: string
  readonly reference: string
  readonly now: Date
}

/**
 * Who signed in, by the answer to a status request that the acquirer has signed as a whole. Throws the uniform refusal for an answer about
 * another login, that is out of its time, of a lower level, or that names somebody for one login alone.
 */
export async function arrivalOfStatus(
  spec: PolicyDocument,
  status: Element,
  asked: AskedOfBank,
  keys: Pick<KeyPair, 'privateKey'>,
): Promise<Arrival> {
  const state = textIn(status, IDX, 'status')
  if (state !== 'Success') throw wrongAnswer(`the bank says ${state.slice(0, 32) || 'nothing'}`)
  const [response] = allIn(status, SAML_PROTOCOL, 'Response')
  const [assertion, ...others] = allIn(status, SAML_ASSERTION, 'Assertion')
  if (response === undefined || assertion === undefined || others.length > 0)
    throw wrongAnswer('the answer does not say that somebody signed in')
  requireMeant(status, response, assertion, asked)
  const [encrypted] = allIn(assertion, SAML_ASSERTION, 'EncryptedID')
  const subject = encrypted === undefined ? '' : ((await decryptedElement(encrypted, keys)).textContent ?? '').trim()
  if (subject === '' || TRANSIENT.test(subject)) throw wrongAnswer('the bank gives people another name at each login')
  return { issuer: ISSUER, subject, claims: standardClaims(spec, CLAIMS, await attributesOf(assertion, keys)) }
}

function requireMeant(status: Element, response: Element, assertion: Element, asked: AskedOfBank): void {
  const isOwn =
    textIn(status, IDX, 'transactionID') === asked.transaction &&
    response.getAttribute('InResponseTo') === asked.reference
  if (!isOwn) throw wrongAnswer('the answer belongs to another login')
  if (allIn(response, SAML_PROTOCOL, 'StatusCode')[0]?.getAttribute('Value') !== SUCCESS)
    throw wrongAnswer('the bank signed nobody in')
  if (textIn(assertion, SAML_ASSERTION, 'AuthnContextClassRef') !== LEVEL)
    throw wrongAnswer('the person has not shown who they are in a way that is strong enough')
  const [conditions] = allIn(assertion, SAML_ASSERTION, 'Conditions')
  const at = (name: string) => Date.parse(conditions?.getAttribute(name) ?? '')
  const now = asked.now.getTime()
  if (!(at('NotBefore') <= now + SKEW_MILLISECONDS && now - SKEW_MILLISECONDS < at('NotOnOrAfter')))
    throw wrongAnswer('the answer is out of its time')
}

async function attributesOf(
  assertion: Element,
  keys: Pick<KeyPair, 'privateKey'>,
): Promise<Readonly<Record<string, string>>> {
  const encrypted = allIn(assertion, SAML_ASSERTION, 'EncryptedAttribute')
  const plain = allIn(assertion, SAML_ASSERTION, 'Attribute')
  const all = [...plain, ...(await Promise.all(encrypted.map((one) => decryptedElement(one, keys))))]
  return Object.fromEntries(
    all.map((attribute) => [attribute.getAttribute('Name') ?? '', textIn(attribute, SAML_ASSERTION, 'AttributeValue')]),
  )
}
