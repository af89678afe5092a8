import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto'
import { importPKCS8, importSPKI } from 'jose'
import type { Deps } from '../../deps.ts'
import { certificateNamed, pemNamed } from '../../directory/keystore.ts'
import { scopeOf } from '../../directory/organizations.ts'
import { selfSigned } from '../../oidc/certificate.ts'
import { openKeyRing } from '../../oidc/keys.ts'
import { incomplete } from '../problems.ts'
import type { KeyNames } from './facts.ts'

/** A private key in PEM form, and its certificate as metadata hold it (base64 of DER). */
interface SamlKey {
  readonly privateKey: string
  readonly certificate: string
}

export interface SamlKeys {
  readonly signing: SamlKey
  readonly encryption: SamlKey
}

type Parts = Pick<Deps, 'store' | 'now' | 'masterKey'>

/** The keys of an organization for SAML: those that the settings name, else its own. */
export async function samlKeysOf(parts: Parts, organization: string, names: KeyNames): Promise<SamlKeys> {
  const [signing, encryption] = await Promise.all([
    names.signing === undefined ? ownKey(parts, organization, 'RS256') : namedKey(parts, organization, names.signing),
    names.encryption === undefined
      ? ownKey(parts, organization, 'RSA-OAEP-256')
      : namedKey(parts, organization, names.encryption),
  ])
  return { signing, encryption }
}

async function ownKey(parts: Parts, organization: string, alg: 'RS256' | 'RSA-OAEP-256'): Promise<SamlKey> {
  const { keys } = await openKeyRing(parts, scopeOf(organization), [alg])
  const own = keys.find((key) => key.alg === alg)
  if (own === undefined) throw incomplete('the key of the organization')
  const key = createPrivateKey({ key: own.privateJwk as JsonWebKey, format: 'jwk' })
  return certified(String(key.export({ type: 'pkcs8', format: 'pem' })))
}

/** The key of a name in the keystore, with the certificate that was put in, or one of our own. Throws the uniform refusal. */
async function namedKey(parts: Parts, organization: string, name: string): Promise<SamlKey> {
  const pem = await pemNamed(parts, organization, name)
  if (pem === undefined) throw incomplete(`the key '${name}' in the keystore`)
  const own = await certificateNamed(parts, organization, name)
  return own === undefined
    ? certified(pem)
    : { privateKey: pem, certificate: new X509Certificate(own).raw.toString('base64') }
}

/** The same certificate each time: providers may hold on to it. It says nothing but which key it is of. */
async function certified(privateKey: string): Promise<SamlKey> {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })
  const name = createHash('sha256').update(spki).digest('base64url')
  const pair = {
    privateKey: await importPKCS8(privateKey, 'RS256'),
    publicKey: await importSPKI(String(spki), 'RS256', { extractable: true }),
  }
  return { privateKey, certificate: await selfSigned(name, pair, 0) }
}

/** The key of a name in the keystore with its certificate, both in PEM form. Throws the uniform refusal. */
export async function pemPair(parts: Parts, organization: string, name: string) {
  const { privateKey, certificate } = await namedKey(parts, organization, name)
  return { privateKey, certificate: new X509Certificate(Buffer.from(certificate, 'base64')).toString() }
}
