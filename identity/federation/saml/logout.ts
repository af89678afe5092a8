import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { type Profile, SAML } from '@node-saml/node-saml'
import { signSamlPost } from '@node-saml/node-saml/lib/saml-post-signing.js'
import { type FederatedLogin, samlLogoutAddress } from '../methods.ts'
import { answered, wrongAnswer } from '../problems.ts'
import type { LogoutTrip, ProviderForm } from '../protocol.ts'
import { asRefusal, clientOf, keysFor, type SamlClient, type SamlParts, samlConfigOf } from './client.ts'
import type { IdentityProvider } from './metadata.ts'
import { requireGoodSignature, requireStrongSignatures } from './signatures.ts'

const ID_BYTES = 16
const XML_BYTES = 64 * 1024
/** How far a request may be from our clock. */
const AGE_MILLISECONDS = 300_000

type Way = string | ProviderForm

/** A request to end a session at an identity provider, signed (SAML 2.0 Profiles, section 4.4). */
export async function samlLogout(
  parts: SamlParts,
  login: FederatedLogin,
  session: string,
  { returnAddress, state }: LogoutTrip,
): Promise<Way | undefined> {
  const client = clientOf(login)
  const { signOut } = client.provider
  if (signOut === undefined) return undefined
  const saml = await openSaml(parts, client, returnAddress, signOut.location)
  const named = JSON.parse(session) as Profile
  if (signOut.binding === 'HTTP-Redirect') return saml.getLogoutUrlAsync(named, state, {})
  return posted(saml, signOut.location, 'SAMLRequest', await saml._generateLogoutRequest(named), state)
}

/** What an identity provider asks for whose session ends. */
export interface LogoutAsked {
  /** Names the request; a second one with it is a replay. */
  readonly id: string
  readonly issuer: string
  readonly subject: string
  readonly sid: string | undefined
  /** The answer for the browser to carry back. */
  readonly answer: () => Promise<Way>
}

/** A message as it came: the query of an address as it was sent, or a form. */
export type SentMessage = { readonly query: string } | { readonly form: URLSearchParams }

/**
 * Reads a request for logout. Only a signed one of the provider of the method counts, that is meant for this address and of these minutes.
 * Throws the uniform refusal, with the reason.
 */
export async function logoutAsked(
  parts: SamlParts,
  login: FederatedLogin,
  returnAddress: string,
  sent: SentMessage,
): Promise<LogoutAsked> {
  const client = clientOf(login)
  const { entityId, signOut } = client.provider
  if (signOut === undefined) throw wrongAnswer('the provider ends no sessions')
  const saml = await openSaml(parts, client, returnAddress, signOut.responses)
  const { profile, xml, relayState } = await answered(() => read(saml, sent).catch(asRefusal))
  if (profile === null || profile.issuer !== entityId) throw wrongAnswer('the request is of another provider')
  requireMeant(xml, samlLogoutAddress(returnAddress))
  return {
    id: String(profile.ID),
    issuer: entityId,
    subject: profile.nameID,
    sid: profile.sessionIndex,
    answer: () => answerTo(saml, signOut, profile, relayState),
  }
}

async function openSaml(parts: SamlParts, client: SamlClient, returnAddress: string, logoutUrl: string) {
  const id = `_${randomBytes(ID_BYTES).toString('hex')}`
  const config = samlConfigOf(client, { returnAddress, id }, await keysFor(parts, client))
  return new SAML({ ...config, logoutUrl, idpIssuer: client.provider.entityId })
}

interface ReadMessage {
  readonly profile: Profile | null
  readonly xml: string
  readonly relayState: string
}

async function read(saml: SAML, sent: SentMessage): Promise<ReadMessage> {
  if ('form' in sent) {
    const SAMLRequest = sent.form.get('SAMLRequest') ?? ''
    const xml = Buffer.from(SAMLRequest, 'base64').toString('utf8')
    requireStrongSignatures(xml)
    const { profile } = await saml.validatePostRequestAsync({ SAMLRequest })
    return { profile, xml, relayState: sent.form.get('RelayState') ?? '' }
  }
  const parameters = signedParameters(sent.query)
  const xml = await inflated(parameters.SAMLRequest ?? '')
  requireStrongSignatures(xml)
  const { profile } = await saml.validateRedirectAsync(parameters, sent.query)
  return { profile, xml, relayState: parameters.RelayState ?? '' }
}

/** What a signature over an address covers (SAML 2.0 Bindings, section 3.4.4.1). Nothing else may be there, and nothing twice: which one counts could be chosen. */
function signedParameters(query: string): Readonly<Record<string, string>> {
  const all = [...new URLSearchParams(query)]
  const names = all.map(([name]) => name)
  const isPlain = names.every((name, i) => SIGNED.has(name) && names.indexOf(name) === i)
  const parameters = Object.fromEntries(all)
  if (!isPlain || !parameters.Signature) throw wrongAnswer('the request is not signed as a whole')
  requireGoodSignature(parameters.SigAlg ?? '')
  return parameters
}
const SIGNED: ReadonlySet<string> = new Set(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])

async function inflated(text: string): Promise<string> {
  const bytes = await promisify(inflateRaw)(Buffer.from(text, 'base64'), { maxOutputLength: XML_BYTES })
  return bytes.toString('utf8')
}

/** The library leaves address and age to its caller. The signature covers the root, whose attributes these are. */
function requireMeant(xml: string, address: string): void {
  const root = /<(?:[\w.-]+:)?LogoutRequest\s[^>]*>/.exec(xml)?.[0] ?? ''
  const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(root)?.[1] ?? ''
  if (attribute('Destination') !== address) throw wrongAnswer('the request is meant for another address')
  const age = Math.abs(Date.now() - Date.parse(attribute('IssueInstant')))
  if (!(age <= AGE_MILLISECONDS)) throw wrongAnswer('the request is out of its time')
}

async function answerTo(
  saml: SAML,
  { binding, responses }: NonNullable<IdentityProvider['signOut']>,
  profile: Profile,
  relayState: string,
): Promise<Way> {
  if (binding === 'HTTP-Redirect') return saml.getLogoutResponseUrlAsync(profile, relayState, {}, true)
  return posted(saml, responses, 'SAMLResponse', saml._generateLogoutResponse(profile, true), relayState)
}

/** A message in a form (SAML 2.0 Bindings, section 3.5), signed inside. */
function posted(
  { options }: SAML,
  action: string,
  field: 'SAMLRequest' | 'SAMLResponse',
  xml: string,
  relayState: string,
): ProviderForm {
  const signing = {
    privateKey: options.privateKey ?? '',
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
  } as const
  const signed = Buffer.from(signSamlPost(xml, '/*', signing)).toString('base64')
  return { action, fields: { [field]: signed, ...(relayState === '' ? {} : { RelayState: relayState }) } }
}
