/** What we use of the library; it comes without types. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto'

  /** RFC 8188 with the keys of RFC 8291. Texts are Base64url. */
  export function encrypt(
    buffer: Buffer,
    options: {
      readonly version: 'aes128gcm'
      readonly privateKey: ECDH
      readonly dh: string
      readonly authSecret: string
      readonly salt: string
    },
  ): Buffer
}
