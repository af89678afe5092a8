import { X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { decrypt } from 'xml-encryption'
import { wrongAnswer } from '../problems.ts'
import { requireStrongSignatures } from '../saml/signatures.ts'

/** A private key and the certificate that the other side knows it by, in PEM form. */
export interface KeyPair {
  readonly privateKey: string
  readonly certificate: string
}

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'

/** Signs a document as a whole; the receiver finds the certificate by its fingerprint (iDx messages, `KeyName`). */
export function signed(xml: string, { privateKey, certificate }: KeyPair): string {
  const name = new X509Certificate(certificate).fingerprint.replaceAll(':', '')
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE,
    getKeyInfoContent: () => `<KeyName>${name}</KeyName>`,
  })
  signer.addReference({
    xpath: '/*',
    transforms: [ENVELOPED, EXCLUSIVE],
    digestAlgorithm: SHA256,
    uri: '',
    isEmptyUri: true,
  })
  signer.computeSignature(xml, { location: { reference: '/*', action: 'append' } })
  return signer.getSignedXml()
}

/** The root of a document, of what its signature covers alone. Throws the uniform refusal unless this certificate signed all of it. */
export function verified(xml: string, certificate: string): Element {
  requireStrongSignatures(xml)
  const root = parsed(xml)
  const [signature] = childrenOf(root, SIGNATURE, 'Signature')
  if (signature === undefined) throw wrongAnswer('the answer is not signed')
  const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null })
  verifier.loadSignature(signature as never)
  if (!isGood(verifier, xml)) throw wrongAnswer('the signature of the answer is not good')
  const [covered, ...others] = verifier.getSignedReferences()
  if (covered === undefined || others.length > 0) throw wrongAnswer('the answer is not signed as a whole')
  const found = parsed(covered)
  if (found.localName !== root.localName) throw wrongAnswer('the answer is not signed as a whole')
  return found
}

function isGood(verifier: SignedXml, xml: string): boolean {
  try {
    return verifier.checkSignature(xml)
  } catch {
    return false
  }
}

function parsed(xml: string): Element {
  const fail = (): never => {
    throw wrongAnswer('the answer is no XML')
  }
  const parser = new DOMParser({ errorHandler: { warning: () => undefined, error: fail, fatalError: fail } })
  return parser.parseFromString(xml.trim(), 'text/xml')?.documentElement ?? fail()
}

const childrenOf = (element: Element, namespace: string, name: string): readonly Element[] =>
  Array.from(element.childNodes).filter(
    (node): node is Element => (node as Element).localName === name && (node as Element).namespaceURI === namespace,
  )

export const allIn = (element: Element, namespace: string, name: string): readonly Element[] =>
  Array.from(element.getElementsByTagNameNS(namespace, name))

/** The text of the first such element; empty when there is none. */
export const textIn = (element: Element, namespace: string, name: string): string =>
  (allIn(element, namespace, name)[0]?.textContent ?? '').trim()

/** The element inside an encrypted one. Throws the uniform refusal when it is not for this key. */
export async function decryptedElement(
  encrypted: Element,
  { privateKey }: Pick<KeyPair, 'privateKey'>,
): Promise<Element> {
  const options = { key: privateKey, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false }
  const xml = await promisify<string, object, string>(decrypt as never)(encrypted.toString(), options).catch(() => {
    throw wrongAnswer('a part of the answer is encrypted to another key')
  })
  return parsed(xml)
}
