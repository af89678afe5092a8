import { generateKeyPair, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { importPKCS8, importSPKI } from 'jose'
import { selfSigned } from '../identity/oidc/certificate.ts'

export interface Pair {
  readonly privateKey: string
  readonly certificate: string
}

/** An RSA key with a certificate that is good from `from` (milliseconds since 1970), both in PEM form. */
export async function newPair(name: string, from = Date.now()): Promise<Pair> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const keys = {
    privateKey: await importPKCS8(pair.privateKey, 'RS256'),
    publicKey: await importSPKI(pair.publicKey, 'RS256', { extractable: true }),
  }
  const der = Buffer.from(await selfSigned(name, keys, from), 'base64')
  return { privateKey: pair.privateKey, certificate: new X509Certificate(der).toString() }
}
