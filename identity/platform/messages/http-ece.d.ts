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

  /** The other way round; salt and public key of the sender come with the message. */
  export function decrypt(
    buffer: Buffer,
    options: { readonly version: 'aes128gcm'; readonly privateKey: ECDH; readonly authSecret: string },
  ): Buffer
}
