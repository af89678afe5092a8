import type { Entry } from 'ldapts'
import type { PolicyDocument } from '../policy/inputs.ts'
import { type ClaimNames, standardClaims } from './standard-claims.ts'

/** What stays the same when an entry is renamed or moved (RFC 4530; objectGUID of Active Directory). */
export const IDENTITY_ATTRIBUTES = ['entryUUID', 'objectGUID']

/** Attributes of people (RFC 2798, RFC 4519, Active Directory) → the standard claim that they fill; the first one that is there counts. */
const CLAIMS: ClaimNames = [
  ['uid', 'preferred_username'],
  ['sAMAccountName', 'preferred_username'],
  ['mail', 'email'],
  ['givenName', 'given_name'],
  ['sn', 'family_name'],
  ['displayName', 'name'],
  ['cn', 'name'],
  ['mobile', 'phone_number'],
  ['telephoneNumber', 'phone_number'],
  ['preferredLanguage', 'locale'],
]

export function subjectOf(entry: Entry): string {
  const [uuid] = [entry.entryUUID].flat()
  const [guid] = [entry.objectGUID].flat()
  if (Buffer.isBuffer(guid)) return guid.toString('hex')
  return typeof uuid === 'string' && uuid !== '' ? uuid : entry.dn.toLowerCase()
}

/** Nobody but the administrator can say that an address is verified. */
export function claimsOfEntry(spec: PolicyDocument, entry: Entry): Readonly<Record<string, unknown>> {
  const values = Object.fromEntries(
    Object.entries(entry).flatMap(([name, value]) => {
      const [first] = [value].flat()
      return typeof first === 'string' ? [[name, first] as const] : []
    }),
  )
  return standardClaims(spec, CLAIMS, values)
}
