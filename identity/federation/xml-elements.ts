import { promisify } from 'node:util'
import { DOMParser } from '@xmldom/xmldom'
import { decrypt } from 'xml-encryption'
import { wrongAnswer } from './problems.ts'

/** The root of a document. Throws the uniform refusal for what is no XML. */
export function parsed(xml: string): Element {
  const fail = (): never => {
    throw wrongAnswer('the answer is no XML')
  }
  const parser = new DOMParser({ errorHandler: { warning: () => undefined, error: fail, fatalError: fail } })
  return parser.parseFromString(xml.trim(), 'text/xml')?.documentElement ?? fail()
}

export const allIn = (element: Element, namespace: string, name: string): readonly Element[] =>
  Array.from(element.getElementsByTagNameNS(namespace, name))

/** The text of the first such element; empty when there is none. */
export const textIn = (element: Element, namespace: string, name: string): string =>
  (allIn(element, namespace, name)[0]?.textContent ?? '').trim()

/** The element inside an encrypted one. Throws the uniform refusal when it is not for this key. */
export async function decryptedElement(
  encrypted: Element,
  { privateKey }: { readonly privateKey: string },
): Promise<Element> {
  const options = { key: privateKey, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false }
  const xml = await promisify<string, object, string>(decrypt as never)(encrypted.toString(), options).catch(() => {
    throw wrongAnswer('a part of the answer is encrypted to another key')
  })
  return parsed(xml)
}
