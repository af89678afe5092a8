import { type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml'
import type { PostMutual } from '../../platform/http/mutual-tls.ts'
import { type FederatedLogin, metadataAddress } from '../methods.ts'
import { incomplete, wrongAnswer } from '../problems.ts'
import { recordOf, textOf } from '../values.ts'
import { type KeyNames, SAML_TYPES, type SamlFacts, wantedContexts } from './facts.ts'
import type { SamlKeys } from './keys.ts'
import { type IdentityProvider, readMetadata } from './metadata.ts'

/** What SAML needs of the service. */
export interface SamlParts {
  readonly keys: (organization: string, names: KeyNames) => Promise<SamlKeys>
  /** A pair of the keystore in PEM form. Throws the uniform refusal when there is none. */
  readonly pair: (
    organization: string,
    name: string,
  ) => Promise<{ readonly privateKey: string; readonly certificate: string }>
  /** A key of the keystore in PEM form; `undefined` when there is none. */
  readonly key: (organization: string, name: string) => Promise<string | undefined>
  readonly certificate: (organization: string, name: string) => Promise<string | undefined>
  readonly post: PostMutual
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
const FORMAT = 'urn:oasis:names:tc:SAML:'
export const EMAIL_FORMAT = `${FORMAT}1.1:nameid-format:emailAddress`

/** Formats of names that stay the same, the best first (SAML 2.0 Core, section 8.3). */
const NAME_FORMATS = [`${FORMAT}2.0:nameid-format:persistent`, EMAIL_FORMAT, `${FORMAT}1.1:nameid-format:unspecified`]

/** Nothing here goes over the network: the library stumbles over an answer that lacks a part. */
export function asRefusal(error: unknown): never {
  throw error instanceof TypeError ? wrongAnswer('the answer lacks a part that it has to have') : error
}

/** Throws the uniform refusal for a type that does not speak SAML. */
export function settingsOf(login: FederatedLogin): SamlSettings {
  const facts = SAML_TYPES[String(login.spec.type)]
  if (facts === undefined) throw incomplete('the type')
  return { login, facts, block: recordOf(login.spec[facts.block]) }
}

export function clientOf(login: FederatedLogin): SamlClient {
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

/** A message of ours, or the one to which an answer belongs. */
export interface SamlMessage {
  /** Where logins return to. */
  readonly returnAddress: string
  readonly id: string
}

export function samlConfigOf(client: SamlClient, { returnAddress, id }: SamlMessage, keys: SamlKeys): SamlConfig {
  const { login, facts, block, provider } = client
  const issuer = entityIdOf(client, returnAddress)
  const demand = facts.demand(login.spec, block)
  const contexts = wantedContexts(demand)
  return {
    issuer,
    audience: issuer,
    callbackUrl: returnAddress,
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
    generateUniqueId: () => id,
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: onlyRequest(id),
  }
}

/** The trip is the memory: it holds one request, and is gone when somebody comes back with it. */
const onlyRequest = (id: string): NonNullable<SamlConfig['cacheProvider']> => ({
  saveAsync: async () => null,
  getAsync: async (key) => (key === id ? new Date().toISOString() : null),
  removeAsync: async () => null,
})
