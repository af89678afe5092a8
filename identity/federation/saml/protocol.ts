import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml'
import { type FederatedLogin, metadataAddress } from '../methods.ts'
import { answered, incomplete, wrongAnswer } from '../problems.ts'
import type { Arrival, Protocol, Trip } from '../protocol.ts'
import { recordOf, textOf } from '../values.ts'
import { arrivalOf, NAME_FORMATS } from './assertion.ts'
import { type KeyNames, SAML_TYPES, type SamlFacts, wantedContexts } from './facts.ts'
import type { SamlKeys } from './keys.ts'
import { type IdentityProvider, readMetadata } from './metadata.ts'
import { requireStrongSignatures } from './signatures.ts'

/** What SAML needs of the service. */
export interface SamlParts {
  readonly keys: (organization: string, names: KeyNames) => Promise<SamlKeys>
}

/** A login method with what its type makes of its settings. */
interface SamlSettings {
  readonly login: FederatedLogin
  readonly facts: SamlFacts
  readonly block: FederatedLogin['spec']
}

export interface SamlClient extends SamlSettings {
  readonly provider: IdentityProvider
}

const CLOCK_SKEW_MILLISECONDS = 60_000

/**
 * Web browser single sign-on (SAML 2.0 Profiles, section 4.1): a signed request by redirect or POST, the answer by POST. Nobody is let in
 * who was not asked for: each answer belongs to the one request of a trip.
 */
export function samlProtocol(parts: SamlParts): Protocol {
  const use = async <T>(login: FederatedLogin, trip: Trip, work: (saml: SAML, client: SamlClient) => Promise<T>) => {
    const client = clientOf(login)
    const saml = new SAML(configOf(client, trip, entityIdOf(client, trip.redirectUri), await keysFor(parts, client)))
    return answered(() => work(saml, client).catch(asRefusal))
  }
  return {
    start: (login, trip) =>
      use(login, trip, async (saml, { provider }) => {
        const { binding, location } = provider.signOn
        if (binding === 'HTTP-Redirect') return saml.getAuthorizeUrlAsync(trip.state, undefined, {})
        const fields = await saml.getAuthorizeMessageAsync(trip.state)
        return { action: location, fields: fields as Readonly<Record<string, string>> }
      }),
    logout: async () => undefined,
    finish: (login, trip, returned) => use(login, trip, (saml, client) => finish(saml, client, trip, returned)),
  }
}

/** Nothing here goes over the network: the library stumbles over an answer that lacks a part. */
function asRefusal(error: unknown): never {
  throw error instanceof TypeError ? wrongAnswer('the answer lacks a part that it has to have') : error
}

async function finish(saml: SAML, client: SamlClient, trip: Trip, returned: URLSearchParams): Promise<Arrival> {
  const SAMLResponse = returned.get('SAMLResponse') ?? ''
  requireStrongSignatures(Buffer.from(SAMLResponse, 'base64').toString('utf8'))
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse })
  return arrivalOf(client, { requestId: requestIdOf(trip), recipient: trip.redirectUri }, profile)
}

/** Throws the uniform refusal for a type that does not speak SAML. */
export function settingsOf(login: FederatedLogin): SamlSettings {
  const facts = SAML_TYPES[String(login.spec.type)]
  if (facts === undefined) throw incomplete('the type')
  return { login, facts, block: recordOf(login.spec[facts.block]) }
}

function clientOf(login: FederatedLogin): SamlClient {
  const settings = settingsOf(login)
  const metadata = textOf(settings.block.idpMetadata)
  if (metadata === undefined) throw incomplete('the metadata of the provider')
  const [provider, location] = [readMetadata(metadata), settings.facts.signOn?.(settings.block)]
  const signOn = location === undefined ? provider.signOn : { ...provider.signOn, location }
  return { ...settings, provider: { ...provider, signOn } }
}

/** What the service calls itself. */
export const entityIdOf = ({ facts, block }: SamlSettings, returnAddress: string): string =>
  facts.entityId?.(block) ?? metadataAddress(returnAddress)

export const keysFor = ({ keys }: SamlParts, { login, facts, block }: SamlSettings): Promise<SamlKeys> =>
  keys(login.organization, facts.keys?.(block) ?? { signing: undefined, encryption: undefined })

/** An XML ID does not begin with a digit. */
const requestIdOf = ({ nonce }: Pick<Trip, 'nonce'>): string => `_${nonce}`

function configOf(
  { login, facts, block, provider }: SamlClient,
  trip: Trip,
  issuer: string,
  keys: SamlKeys,
): SamlConfig {
  const demand = facts.demand(login.spec, block)
  const contexts = wantedContexts(demand)
  return {
    issuer,
    audience: issuer,
    callbackUrl: trip.redirectUri,
    entryPoint: provider.signOn.location,
    idpCert: [...provider.certificates],
    privateKey: keys.signing.privateKey,
    publicCert: keys.signing.certificate,
    decryptionPvk: keys.encryption.privateKey,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    // Which of the two is signed is for the provider to choose; the part that counts has to be.
    wantAssertionsSigned: false,
    wantAuthnResponseSigned: false,
    identifierFormat: NAME_FORMATS.find((format) => provider.nameFormats.includes(format)) ?? null,
    disableRequestedAuthnContext: contexts.length === 0,
    authnContext: [...contexts],
    racComparison: demand.comparison,
    acceptedClockSkewMs: CLOCK_SKEW_MILLISECONDS,
    generateUniqueId: () => requestIdOf(trip),
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: onlyRequest(requestIdOf(trip)),
  }
}

/** The trip is the memory: it holds one request, and is gone when somebody comes back with it. */
const onlyRequest = (id: string): NonNullable<SamlConfig['cacheProvider']> => ({
  saveAsync: async () => null,
  getAsync: async (key) => (key === id ? new Date().toISOString() : null),
  removeAsync: async () => null,
})
