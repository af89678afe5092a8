import { createECDH, randomBytes } from 'node:crypto'
import { encrypt } from 'http_ece'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../deps.ts'
import { createOrGet } from '../../store/create-or-get.ts'
import type { Collection } from '../../store/store.ts'
import { publicUrlOf } from '../http/public-url.ts'
import type { PushCarrier } from './push.ts'

/** A subscription of a browser (Push API, PushSubscription). */
export interface WebPushDevice {
  readonly kind: 'web'
  /** Where its push service takes messages. */
  readonly endpoint: string
  /** Base64url: public key of the browser, an uncompressed point of P-256. */
  readonly p256dh: string
  /** Base64url: 16 bytes that only the browser and we know. */
  readonly auth: string
}

/** The key by which push services know the service (RFC 8292), in the scope GLOBAL. */
interface PushKey {
  readonly id: string
  /** A JWK, sealed. */
  readonly sealed: string
}
const PUSH_KEYS: Collection<PushKey> = { name: 'pushKeys', id: (key) => key.id, indexes: [] }
const KEY_ID = 'vapid'
const KEY_PURPOSE = 'key of web push'
const PROOF_SECONDS = 12 * 3600
/** RFC 8030, section 5.4; of the browser only a hint is needed, of the answer nothing. */
const MISSING: ReadonlySet<number> = new Set([404, 410])

/** Whether a text is of the form that browsers make: what does not fit would fail at every message. */
export function isSubscription({ endpoint, p256dh, auth }: Omit<WebPushDevice, 'kind'>): boolean {
  const [point, secret] = [Buffer.from(p256dh, 'base64url'), Buffer.from(auth, 'base64url')]
  const protocol = URL.parse(endpoint)?.protocol
  return (protocol === 'https:' || protocol === 'http:') && secret.length === 16 && isPoint(point)
}

/** Whether it is a point of the curve. */
function isPoint(point: Buffer): boolean {
  try {
    const own = createECDH('prime256v1')
    own.generateKeys()
    return point.length === 65 && own.computeSecret(point).length > 0
  } catch {
    return false
  }
}

type KeyParts = Pick<Deps, 'store' | 'masterKey'>

async function keyOf({ store, masterKey }: KeyParts): Promise<JWK> {
  const stored = (await store.get(PUSH_KEYS, '', KEY_ID)) ?? (await newKey({ store, masterKey }))
  return JSON.parse(unseal(masterKey, KEY_PURPOSE, stored.sealed)) as JWK
}

async function newKey({ store, masterKey }: KeyParts): Promise<PushKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sealed = seal(masterKey, KEY_PURPOSE, JSON.stringify(await exportJWK(privateKey)))
  return createOrGet(store, PUSH_KEYS, { id: KEY_ID, sealed })
}

/** What a browser has to be told when it subscribes: an uncompressed point in Base64url (RFC 8292, section 3.2). */
export const publicPushKey = async (parts: KeyParts): Promise<string> => pointOf(await keyOf(parts))

const pointOf = ({ x = '', y = '' }: JWK): string =>
  Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url')

/** RFC 8030 with the encryption of RFC 8291 and the proof of RFC 8292. */
export const sendWebPush: PushCarrier<WebPushDevice> = async (parts, { endpoint, p256dh, auth }, message) => {
  const key = await keyOf(parts)
  const body = encryptedFor({ p256dh, auth }, message.text)
  const headers = {
    authorization: `vapid t=${await proofFor(parts, key, endpoint)}, k=${pointOf(key)}`,
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    ttl: String(message.seconds),
    urgency: 'high',
    topic: message.topic,
  }
  try {
    const answer = await parts.outsideFetch(endpoint, { method: 'POST', headers, body })
    await answer.body?.cancel()
    if (answer.ok) return 'sent'
    return MISSING.has(answer.status) ? 'gone' : 'failed'
  } catch {
    return 'failed'
  }
}

function encryptedFor({ p256dh, auth }: Pick<WebPushDevice, 'p256dh' | 'auth'>, text: string): Buffer {
  const privateKey = createECDH('prime256v1')
  privateKey.generateKeys()
  const salt = randomBytes(16).toString('base64url')
  return encrypt(Buffer.from(text), { version: 'aes128gcm', privateKey, dh: p256dh, authSecret: auth, salt })
}

/** Good for one push service alone, so that it cannot use it at another one. */
const proofFor = async (parts: Pick<Deps, 'now' | 'publicUrl'>, key: JWK, endpoint: string): Promise<string> =>
  new SignJWT({ aud: new URL(endpoint).origin, sub: publicUrlOf(parts) })
    .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
    .setExpirationTime(Math.floor(parts.now().getTime() / 1000) + PROOF_SECONDS)
    .sign(await importJWK(key, 'ES256'))
