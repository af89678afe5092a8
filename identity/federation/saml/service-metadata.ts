import { randomBytes } from 'node:crypto'
import { generateServiceProviderMetadata } from '@node-saml/node-saml'
import { type FederatedLogin, samlLogoutAddress } from '../methods.ts'
import { recordOf } from '../values.ts'
import { entityIdOf, keysFor, type SamlParts, settingsOf } from './client.ts'

const ID_BYTES = 16

/**
 * What an identity provider has to know of us for one login method and tenant (SAML 2.0 Metadata, section 2.4.4). It is there before the
 * metadata of the provider are in the settings. Throws the uniform refusal while the keystore lacks a key that the settings name.
 */
export async function serviceMetadata(parts: SamlParts, login: FederatedLogin, returnAddress: string): Promise<string> {
  const settings = settingsOf(login)
  const { signing, encryption } = await keysFor(parts, settings)
  const metadata = generateServiceProviderMetadata({
    issuer: entityIdOf(settings, returnAddress),
    callbackUrl: returnAddress,
    logoutCallbackUrl: samlLogoutAddress(returnAddress),
    identifierFormat: null,
    wantAssertionsSigned: true,
    privateKey: signing.privateKey,
    publicCerts: signing.certificate,
    decryptionPvk: encryption.privateKey,
    decryptionCert: encryption.certificate,
    generateUniqueId: () => `_${randomBytes(ID_BYTES).toString('hex')}`,
  })
  const whole = metadata.replace(LOGOUT, (post) => post.replace('HTTP-POST', 'HTTP-Redirect') + post)
  return recordOf(login.spec.samlMutualTls).clientKeyPairId === undefined
    ? whole
    : whole.replace(CONSUMER, withArtifact)
}

const CONSUMER = /<AssertionConsumerService [^>]*HTTP-POST[^>]*\/>/
const withArtifact = (post: string): string =>
  post + post.replace('HTTP-POST', 'HTTP-Artifact').replace('index="1"', 'index="2"').replace(' isDefault="true"', '')

/** The library names one binding of the two. */
const LOGOUT = /<SingleLogoutService [^>]*HTTP-POST[^>]*\/>/
