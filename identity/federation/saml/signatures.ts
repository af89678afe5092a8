import { wrongAnswer } from '../problems.ts'

/** Algorithms of XML Signature that are good enough (RFC 9231; XML Signature 1.1, section 6). SHA-1 is not: who can choose a part of what is signed can forge the rest. */
const GOOD = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])

const SIGNED_INFO = /<(?:[\w.-]+:)?SignedInfo[\s>][\s\S]*?<\/(?:[\w.-]+:)?SignedInfo\s*>/g
const ALGORITHM = /<(?:[\w.-]+:)?(?:SignatureMethod|DigestMethod)\s[^>]*?Algorithm\s*=\s*["']([^"']*)["']/g

/** Throws the uniform refusal for a document type, which could bring entities along, and for a signature by an algorithm that is no good any more. */
export function requireStrongSignatures(xml: string): void {
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) throw wrongAnswer('the answer has a document type')
  const algorithms = [...xml.matchAll(SIGNED_INFO)].flatMap(([info]) =>
    [...info.matchAll(ALGORITHM)].map(([, name]) => name),
  )
  const weak = algorithms.find((algorithm) => !GOOD.has(algorithm ?? ''))
  if (weak !== undefined) throw wrongAnswer('the answer is signed by an algorithm that is no good any more')
}

/** Throws the uniform refusal for an algorithm that is no good any more. */
export function requireGoodSignature(algorithm: string): void {
  if (!GOOD.has(algorithm)) throw wrongAnswer('the message is signed by an algorithm that is no good any more')
}
