import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { CryptoKey } from 'jose'
import type { Pair } from '../../../shadow/key-pair.ts'

const ALGORITHM = {
  name: 'ECDSA',
  namedCurve: 'P-256',
  hash: 'SHA-256',
} as const
const DAY_MILLISECONDS = 24 * 3600 * 1000

/** An authority of its own, as closed networks have them. */
export class Authority {
  readonly certificate: string
  readonly #issuer: x509.X509Certificate
  readonly #key: CryptoKey

  private constructor(issuer: x509.X509Certificate, key: CryptoKey) {
    this.certificate = issuer.toString('pem')
    this.#issuer = issuer
    this.#key = key
  }

  static async open(name: string): Promise<Authority> {
    const keys = await newKeys()
    const issuer = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MILLISECONDS),
      notAfter: new Date(Date.now() + DAY_MILLISECONDS),
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    })
    return new Authority(issuer, keys.privateKey)
  }

  /** A key with a certificate of this authority, both in PEM form; `ip`: the address that a server has. */
  async issue(name: string, ip?: string): Promise<Pair> {
    const keys = await newKeys()
    const names = ip === undefined ? [] : [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: ip }])]
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.#issuer.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MILLISECONDS),
      notAfter: new Date(Date.now() + DAY_MILLISECONDS),
      extensions: names,
    })
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
    const lines = der.toString('base64').replace(/(.{64})/g, '$1\n')
    return {
      privateKey: `-----BEGIN PRIVATE KEY-----\n${lines.trim()}\n-----END PRIVATE KEY-----\n`,
      certificate: certificate.toString('pem'),
    }
  }
}

const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
