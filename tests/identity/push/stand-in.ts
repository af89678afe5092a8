import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { importJWK, jwtVerify } from 'jose'

/** What a browser keeps of its subscription, and what it gives away of it. */
export interface Subscription {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

interface Kept {
  readonly keys: ECDH
  readonly auth: Buffer
  readonly messages: Message[]
  gone: boolean
}

/** A message as the browser reads it. */
export interface Message {
  readonly text: string
  readonly ttl: number
  readonly topic: string | undefined
  readonly urgency: string | undefined
  /** Who sent it, by the proof of RFC 8292. */
  readonly subject: string
}

const MOST_BYTES = 4096
const DAY = 24 * 3600
const TOPIC = /^[A-Za-z0-9_-]{1,32}$/

/**
 * Stand-in for a push service with the browsers that subscribe to it: it takes what RFC 8030 lets it take from who proves what RFC 8292 asks
 * for, and reads messages by RFC 8291, written anew from the text of these.
 */
export class PushServiceStandIn {
  readonly #server: Server
  readonly #subscriptions = new Map<string, Kept>()
  #key: string | undefined

  private constructor(server: Server) {
    this.#server = server
    server.on('request', async (request: IncomingMessage, response) => {
      response.statusCode = await this.#take(request).catch(() => 400)
      if (response.statusCode === 201) response.setHeader('location', `${this.url}/message/${randomUUID()}`)
      response.end()
    })
  }

  static async start(): Promise<PushServiceStandIn> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new PushServiceStandIn(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A browser subscribes; `key`: from then on only the service of that key may send to it. */
  subscribe(key?: string): Subscription {
    this.#key = key ?? this.#key
    const [id, keys, auth] = [randomUUID(), createECDH('prime256v1'), randomBytes(16)]
    const p256dh = keys.generateKeys().toString('base64url')
    this.#subscriptions.set(id, { keys, auth, messages: [], gone: false })
    return { endpoint: `${this.url}/push/${id}`, p256dh, auth: auth.toString('base64url') }
  }

  /** The browser takes no messages any more. */
  unsubscribe({ endpoint }: Subscription): void {
    this.#of(endpoint).gone = true
  }

  messagesOf({ endpoint }: Subscription): readonly Message[] {
    return this.#of(endpoint).messages
  }

  close(): Promise<unknown> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    return closed
  }

  #of(address: string): Kept {
    const kept = this.#subscriptions.get(address.split('/').at(-1) ?? '')
    if (kept === undefined) throw new Error('there is no such subscription')
    return kept
  }

  async #take(request: IncomingMessage): Promise<number> {
    const { headers, method, url = '' } = request
    const body = await buffer(request)
    const kept = this.#subscriptions.get(url.replace('/push/', ''))
    if (kept === undefined) return 404
    if (kept.gone) return 410
    if (method !== 'POST') return 405
    const { ttl = '', topic, urgency, authorization = '' } = headers as Readonly<Record<string, string | undefined>>
    // RFC 8030, sections 5.2 to 5.4.
    if (!/^\d+$/.test(ttl) || (topic !== undefined && !TOPIC.test(topic))) return 400
    if (urgency !== undefined && !['very-low', 'low', 'normal', 'high'].includes(urgency)) return 400
    if (headers['content-encoding'] !== 'aes128gcm') return 415
    if (body.length > MOST_BYTES) return 413
    const subject = await this.#provenBy(authorization)
    if (subject === undefined) return 403
    const text = decrypted(body, kept.keys, kept.auth)
    kept.messages.push({ text, ttl: Number(ttl), topic, urgency, subject })
    return 201
  }

  /** RFC 8292, sections 2 and 3: a token for this origin, good for a day at most, by the key that the browser subscribed with. */
  async #provenBy(authorization: string): Promise<string | undefined> {
    const [, token = '', key = ''] = /^vapid t=([^,\s]+), ?k=([A-Za-z0-9_-]+)$/.exec(authorization) ?? []
    const point = Buffer.from(key, 'base64url')
    if (point.length !== 65 || point[0] !== 4 || (this.#key !== undefined && key !== this.#key)) return undefined
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
    const jwk = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256')
    const { payload } = await jwtVerify(token, jwk, { audience: this.url, algorithms: ['ES256'] })
    const isShort = (payload.exp ?? Number.POSITIVE_INFINITY) <= Date.now() / 1000 + DAY
    return isShort && /^(https?|mailto):/.test(payload.sub ?? '') ? payload.sub : undefined
  }
}

const derived = (key: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length))

/** RFC 8291, section 3, and RFC 8188, section 2: one record. */
export function decrypted(body: Buffer, keys: ECDH, auth: Buffer): string {
  const [salt, idLength] = [body.subarray(0, 16), body.readUInt8(20)]
  const sender = body.subarray(21, 21 + idLength)
  const record = body.subarray(21 + idLength)
  const about = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender])
  const ikm = derived(keys.computeSecret(sender), auth, about, 32)
  const key = derived(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derived(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const cipher = createDecipheriv('aes-128-gcm', key, nonce)
  cipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()])
  const end = padded.lastIndexOf(2)
  if (end === -1 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('the padding is wrong')
  return padded.subarray(0, end).toString('utf8')
}
