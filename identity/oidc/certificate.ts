import { createHash } from 'node:crypto'
import type { CryptoKey } from 'jose'

/** A key has no date of expiry: it is rotated. RFC 5280, section 4.1.2.5, has this date for it. */
const NO_EXPIRY = new Date('9999-12-31T23:59:59Z')

const SERIAL_HEX = 30

/** Up to 20 octets, and positive (RFC 5280, section 4.1.2.2); the same for the same key. */
const serialOf = (kid: string): string => `01${createHash('sha256').update(kid).digest('hex').slice(0, SERIAL_HEX)}`

/** A self-signed certificate of an RSA key pair that can sign by RS256, as an entry of `x5c` (RFC 7517, section 4.7). `from` in milliseconds since 1970. */
export async function selfSigned(
  kid: string,
  keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey },
  from: number,
): Promise<string> {
  // By the first certificate: no start needs it.
  const { X509CertificateGenerator } = await import('./x509.ts')
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [kid] }],
    serialNumber: serialOf(kid),
    keys,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    notBefore: new Date(from),
    notAfter: NO_EXPIRY,
  })
  return certificate.toString('base64')
}
