import { incomplete, wrongAnswer } from '../problems.ts'
import { allIn, decryptedElement, parsed } from '../xml-elements.ts'
import { keysFor, type SamlClient, type SamlParts } from './client.ts'

/** Somebody by a name that is encrypted to this service. */
export interface PersonNamed {
  readonly subject: string
  readonly values: Readonly<Record<string, string>>
}

const SAML_ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
/** Who acts, and for whom (Elektronische Toegangsdiensten, "Interface specifications DV-HM"). */
const [ACTING, CONCERNED] = ['urn:etoegang:core:ActingSubjectID', 'urn:etoegang:core:LegalSubjectID'] as const
const QUALIFIER = /^urn:etoegang:[\d.]+:EntityConcernedID:(BSN|PseudoID)$/

/**
 * Who it is, where that comes encrypted in attributes of a signed assertion: by pseudonym, else by citizen number. `undefined` where nothing
 * does. Throws the uniform refusal for somebody who acts for another person, for keys that the settings lack, and for what does not open.
 */
export async function personNamed(
  parts: SamlParts,
  client: SamlClient,
  assertion: string,
): Promise<PersonNamed | undefined> {
  if (client.facts.names === undefined || assertion === '') return undefined
  const root = parsed(assertion)
  // Those of assertions inside of it, which others have made for each other, are not meant.
  const attributes = allIn(root, SAML_ASSERTION, 'Attribute').filter(
    ({ parentNode }) => parentNode?.parentNode === root,
  )
  const acting = await namesIn(parts, client, attributes, ACTING)
  const concerned = await namesIn(parts, client, attributes, CONCERNED)
  const isOther = (['BSN', 'PseudoID'] as const).some(
    (kind) => acting[kind] !== undefined && concerned[kind] !== undefined && acting[kind] !== concerned[kind],
  )
  if (isOther) throw wrongAnswer('the person acts for somebody else')
  const { BSN, PseudoID } = { ...concerned, ...acting }
  const subject = PseudoID ?? BSN
  return subject === undefined ? undefined : { subject, values: BSN === undefined ? {} : { bsn: BSN } }
}

type Names = Partial<Record<'BSN' | 'PseudoID', string>>

async function namesIn(
  parts: SamlParts,
  client: SamlClient,
  attributes: readonly Element[],
  name: string,
): Promise<Names> {
  const found: Names = {}
  const own = attributes.filter((attribute) => attribute.getAttribute('Name') === name)
  for (const encrypted of own.flatMap((attribute) => allIn(attribute, SAML_ASSERTION, 'EncryptedID'))) {
    const { encryption } = await keysFor(parts, client)
    const id = await decryptedElement(encrypted, encryption)
    const [, kind] = QUALIFIER.exec(id.getAttribute('NameQualifier') ?? '') ?? []
    if (kind === 'BSN' || kind === 'PseudoID') found[kind] = await opened(parts, client, kind, id.textContent ?? '')
  }
  return found
}

async function opened(
  parts: SamlParts,
  { login, facts, block }: SamlClient,
  kind: keyof Names,
  text: string,
): Promise<string> {
  const { number, pseudonym } = facts.names?.(block) ?? {}
  const key = async (field: string, name: string | undefined) => {
    const pem = name === undefined ? undefined : await parts.key(login.organization, name)
    if (pem === undefined) throw incomplete(name === undefined ? field : `the key '${name}' in the keystore`)
    return pem
  }
  const point = (field: string, value: string | undefined) => {
    if (value === undefined) throw incomplete(field)
    return value
  }
  const names = await import('../polymorphic/names.ts')
  if (kind === 'BSN')
    return names.citizenNumber(text, {
      decryption: await key('bsnDecryptionKeyId', number?.key),
      verificationPoint: point('bsnVerificationPoint', number?.point),
    })
  return names.pseudonym(text, {
    decryption: await key('pseudoIdDecryptionKeyId', pseudonym?.key),
    closing: await key('pseudoIdClosingKeyId', pseudonym?.closing),
    verificationPoint: point('pseudoIdVerificationPoint', pseudonym?.point),
  })
}
