import { generateKeyPairSync } from 'node:crypto'
import { type KeyMaterial, putKey } from '../identity/directory/keystore.ts'
import { BANKID_AUTHORITY, BANKID_KEY } from '../identity/federation/bankid/settings.ts'
import { KEYTAB } from '../identity/federation/kerberos/settings.ts'
import { recordOf, textOf } from '../identity/federation/values.ts'
import type { PolicyDocument } from '../identity/policy/inputs.ts'
import { newPair, type Pair } from './key-pair.ts'
import { trialKeytab } from './realms.ts'

/** Whose key lies under a name of the keystore. */
type Holder = 'service' | 'provider' | 'developer' | 'realm'

/** Fields of login methods that name an entry of the keystore: the block, the field, and what lies there. */
const NAMED: readonly (readonly [block: string, field: string, holder: Holder])[] = [
  ['eidas', 'signingKeyId', 'service'],
  ['eidas', 'encryptionKeyId', 'service'],
  ['idin', 'merchantCertificatePairId', 'service'],
  ['idin', 'samlCertificatePairId', 'service'],
  ['idin', 'acquirerPublicCertificateId', 'provider'],
  ['samlMutualTls', 'clientKeyPairId', 'service'],
  ['samlMutualTls', 'serverCertificateId', 'provider'],
  ['signInWithApple', 'signingKeyId', 'developer'],
]

/** Names that no field says. */
const FIXED: Readonly<Record<string, readonly (readonly [name: string, holder: Holder])[]>> = {
  BankId: [
    [BANKID_KEY, 'service'],
    [BANKID_AUTHORITY, 'provider'],
  ],
  Kerberos: [[KEYTAB, 'realm']],
}

/** What lies under each name that a login method has. */
const namesIn = (spec: PolicyDocument): readonly (readonly [name: string, holder: Holder])[] => [
  ...(FIXED[String(spec.type)] ?? []),
  ...NAMED.flatMap(([block, field, holder]) => {
    const name = textOf(recordOf(spec[block])[field])
    return name === undefined ? [] : [[name, holder] as const]
  }),
]

/**
 * Keys of a trial, made when they are needed: documents name keys and hold none. The service has one for all its names, and the other
 * sides have one together.
 */
export class TrialKeys {
  #service: Promise<Pair> | undefined
  #provider: Promise<Pair> | undefined
  #developer: string | undefined

  service(): Promise<Pair> {
    this.#service ??= newPair('service', 0)
    return this.#service
  }

  provider(): Promise<Pair> {
    this.#provider ??= newPair('provider', 0)
    return this.#provider
  }

  /** Puts a key under every name that a login method has for one. */
  async fill(deps: Parameters<typeof putKey>[0], organization: string, spec: PolicyDocument): Promise<void> {
    for (const [name, holder] of namesIn(spec)) await putKey(deps, organization, name, await this.#materials[holder]())
  }

  readonly #materials: Readonly<Record<Holder, () => Promise<KeyMaterial>>> = {
    service: async () => {
      const { privateKey, certificate } = await this.service()
      return { private_key: privateKey, certificate }
    },
    realm: async () => trialKeytab(),
    provider: async () => ({ certificate: (await this.provider()).certificate }),
    developer: async () => {
      const options = { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const
      const publicKeyEncoding = { type: 'spki', format: 'pem' } as const
      this.#developer ??= generateKeyPairSync('ec', { ...options, publicKeyEncoding }).privateKey
      return { private_key: this.#developer }
    },
  }
}
