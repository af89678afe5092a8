import { X509Certificate } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { wrongAnswer } from '../problems.ts'
import { requireStrongSignatures } from '../saml/signatures.ts'
import { parsed } from '../xml-elements.ts'

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

const childrenOf = (element: Element, namespace: string, name: string): readonly Element[] =>
  Array.from(element.childNodes).filter(
    (node): node is Element => (node as Element).localName === name && (node as Element).namespaceURI === namespace,
  )
