import { readFile } from 'node:fs/promises'
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
import { writePrivately } from '../reconciler/file-deliveries.ts'
import type { Secret } from '../reconciler/secret.ts'
import type { Signer, Verifier } from './envelope.ts'

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
  return {
    keyid: await calculateJwkThumbprint(publicKey),
    publicKey,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, new Uint8Array(bytes))),
  }
}

interface KeySet {
  readonly keys: readonly JWK[]
}

/** Public keys of a file (JWK Set, RFC 7517); none where there is no file. Throws USAGE for anything else. */
export async function publicKeysIn(file: string): Promise<readonly JWK[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"keys":[]}'
    throw new PlumblineError('IO', `cannot read ${file}`, { cause: error })
  })
  try {
    const { keys } = JSON.parse(text) as KeySet
    if (Array.isArray(keys)) return keys
  } catch {
    // Said below.
  }
  throw new PlumblineError('USAGE', `${file} is no JWK Set`)
}

/** Adds a public key to a file, so that records are checked with it later; it stays there when another one takes its place. */
export async function publishKey(file: string, { publicKey, keyid }: EvidenceKey): Promise<void> {
  const known = await publicKeysIn(file)
  if (known.some(({ kid }) => kid === keyid)) return
  const keys = [...known, { ...publicKey, kid: keyid, alg: ALGORITHM, use: 'sig' }]
  await writePrivately(file, `${JSON.stringify({ keys }, undefined, 2)}\n`)
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
