import { createECDH, type ECDH, randomBytes } from 'node:crypto'
import { decrypt } from 'http_ece'
import type { OutsideFetch } from '../identity/platform/http/outside.ts'
import type { WebPushDevice } from '../identity/platform/messages/web-push.ts'

const ORIGIN = 'https://push.shadow.example'
const AUTH_BYTES = 16

/** A browser of somebody, which shows what it was sent last. */
interface Browser {
  readonly keys: ECDH
  readonly auth: string
  shows?: string
}

/** Stands for the push services of browsers (RFC 8030), and for the browsers that read the messages (RFC 8291). */
export class PushService {
  readonly #browsers = new Map<string, Browser>()

  isAt = ({ origin }: URL): boolean => origin === ORIGIN

  /** A new browser, by an address of its own. */
  subscribe(name: string): WebPushDevice {
    const keys = createECDH('prime256v1')
    keys.generateKeys()
    const auth = randomBytes(AUTH_BYTES).toString('base64url')
    const endpoint = `${ORIGIN}/${encodeURIComponent(name)}`
    this.#browsers.set(endpoint, { keys, auth })
    return { kind: 'web', endpoint, p256dh: keys.getPublicKey('base64url'), auth }
  }

  /** Where the newest message of a browser leads; `undefined` before there is one. */
  leadOf(name: string): string | undefined {
    const shown = this.#browsers.get(`${ORIGIN}/${encodeURIComponent(name)}`)?.shows
    return shown === undefined ? undefined : (JSON.parse(shown) as { readonly url: string }).url
  }

  readonly fetch: OutsideFetch = async (input, init = {}) => {
    const browser = this.#browsers.get(String(input))
    if (browser === undefined) return new Response(null, { status: 404 })
    const body = Buffer.from(await new Request(input, init).arrayBuffer())
    const { keys: privateKey, auth: authSecret } = browser
    browser.shows = decrypt(body, { version: 'aes128gcm', privateKey, authSecret }).toString('utf8')
    return new Response(null, { status: 201 })
  }
}
