import { KeyObject, sign } from 'node:crypto'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose'
import { PlumblineError } from '../config/errors.ts'
import { Secret } from '../reconciler/secret.ts'
import type { Signer, Verifier } from './envelope.ts'
import type { ChainStore } from './store.ts'

const ALGORITHM = 'Ed25519'

/** A key that signs, and its public half. */
export interface EvidenceKey extends Signer {
  readonly publicKey: JWK
}

/** The key of a secret (PKCS #8 in PEM, or a JWK). Throws USAGE for anything else. */
export async function evidenceKeyOf(secret: Secret): Promise<EvidenceKey> {
  const text = secret.reveal().trim()
  try {
    const key = text.startsWith('{')
      ? await importJWK(JSON.parse(text), ALGORITHM, { extractable: true })
      : await importPKCS8(text, ALGORITHM, { extractable: true })
    return await signing(key as CryptoKey)
  } catch (cause) {
    throw new PlumblineError('USAGE', 'the key that signs evidence is no private Ed25519 key', {
      cause,
      help: 'Make one with: openssl genpkey -algorithm ed25519',
    })
  }
}

/** The text of a new key. */
export async function newEvidenceKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return `${JSON.stringify(await exportJWK(privateKey))}\n`
}

async function signing(key: CryptoKey): Promise<EvidenceKey> {
  const { d, ...publicKey } = await exportJWK(key)
  if (d === undefined) throw new TypeError('it is a public key')
  const own = KeyObject.from(key)
  return {
    keyid: await calculateJwkThumbprint(publicKey),
    publicKey,
    // Here and now: to hand 40 µs of work to another thread costs as much again.
    sign: async (bytes) => sign(null, bytes, own),
  }
}

interface KeySet {
  readonly keys: readonly JWK[]
}

/** Public keys of a JWK Set (RFC 7517); none of a text that is absent. Throws USAGE for anything else. */
export function publicKeysIn(text: string | undefined, place: string): readonly JWK[] {
  if (text === undefined) return []
  try {
    const { keys } = JSON.parse(text) as KeySet
    if (Array.isArray(keys)) return keys
  } catch {
    // Said below.
  }
  throw new PlumblineError('USAGE', `${place} is no JWK Set`)
}

/** The key that is given, else that of the place, which is made at its first use; its public half is beside the chain. */
export async function openKey(store: ChainStore, given: Secret | undefined): Promise<EvidenceKey> {
  const key = await evidenceKeyOf(given ?? (await ownKey(store)))
  await store.change('publicKeys', async (before) => withKey(before, key, store.place))
  return key
}

const ownKey = async (store: ChainStore): Promise<Secret> =>
  new Secret((await store.read('key')) ?? (await store.change('key', async (before) => before ?? newEvidenceKey())))

/** A key stays when another one takes its place, so that earlier records are checked with it. */
function withKey(text: string | undefined, { publicKey, keyid }: EvidenceKey, place: string): string {
  const known = publicKeysIn(text, place)
  if (text !== undefined && known.some(({ kid }) => kid === keyid)) return text
  const keys = [...known, { ...publicKey, kid: keyid, alg: ALGORITHM, use: 'sig' }]
  return `${JSON.stringify({ keys }, undefined, 2)}\n`
}

/** Checks signatures by public keys, each known by its own thumbprint whatever it is called. */
export async function verifierOf(keys: readonly JWK[]): Promise<Verifier> {
  const known = new Map(
    await Promise.all(
      keys.map(async (jwk) => [await calculateJwkThumbprint(jwk), await importJWK(jwk, ALGORITHM)] as const),
    ),
  )
  return {
    verify: async (keyid, signature, bytes) => {
      const key = known.get(keyid)
      if (key === undefined || key instanceof Uint8Array) return false
      return crypto.subtle.verify(ALGORITHM, key, new Uint8Array(signature), new Uint8Array(bytes))
    },
  }
}
