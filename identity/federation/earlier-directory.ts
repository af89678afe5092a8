import { lookup } from 'node:dns'
import type { Entry } from 'ldapts'
import { PlumblineError } from '../../config/errors.ts'
import type { EarlierPerson, EarlierSystem } from '../platform/earlier-system.ts'
import { directoryEntry, type LdapDirectory, type LdapParts } from './ldap.ts'
import { claimsOfEntry, subjectOf } from './ldap-entry.ts'
import { textOf } from './values.ts'

/** The operator names the directory: it may be anywhere. */
const ANYWHERE: LdapParts = { hosts: () => ({ lookup, allows: () => true }) }
const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HELP = 'PLUMBLINE_MIGRATION_URL has to look like ldaps://name:password@host/dc=example,dc=com'

export const isDirectoryAddress = (address: string): boolean => /^ldaps?:/i.test(address)

/**
 * The directory that people move from: `ldaps://name:password@host/base`, the parts percent-encoded (RFC 4516, section 2). The name is the
 * distinguished name that searches; without one nobody's rights have to be enough. With `?email_verified=true` addresses there
 * count as confirmed. Throws USAGE without showing the address.
 */
export function earlierDirectory(address: string): EarlierSystem {
  const url = URL.parse(address)
  const isSafe = url?.protocol === 'ldaps:' || (url?.protocol === 'ldap:' && LOCAL.has(url.hostname))
  const base = decodeURIComponent(url?.pathname.slice(1) ?? '')
  if (!url || !isSafe || base === '') throw new PlumblineError('USAGE', HELP)
  const [name, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  const isEmailVerified = url.searchParams.get('email_verified') === 'true'
  const directory: LdapDirectory = {
    urls: [`${url.protocol}//${url.host}`],
    base,
    template: undefined,
    service: name === '' ? undefined : { name, password },
    attributes: [],
  }
  return {
    find: async (_tenant, username, entered) => {
      // A bind without a password succeeds as nobody (RFC 4513, section 5.1.2).
      if (entered === '') return undefined
      const entry = await entryIn(directory, username, entered)
      return entry && personOf(entry, isEmailVerified)
    },
  }
}

/** Settings that are wrong are no answer about the person either. */
async function entryIn(
  directory: LdapDirectory,
  username: string,
  entered: string | undefined,
): Promise<Entry | undefined> {
  try {
    return await directoryEntry(ANYWHERE, directory, username, entered)
  } catch (cause) {
    throw new PlumblineError('UNAVAILABLE', 'the earlier directory does not answer as it should', { cause })
  }
}

/** `undefined` for an entry without an address: nobody can be a user without one. */
function personOf(entry: Entry, isEmailVerified: boolean): EarlierPerson | undefined {
  const claims = claimsOfEntry({}, entry)
  const email = textOf(claims.email)
  if (email === undefined) return undefined
  return {
    email,
    isEmailVerified,
    identifier: subjectOf(entry),
    givenName: textOf(claims.given_name),
    familyName: textOf(claims.family_name),
    locale: textOf(claims.locale),
    passwordHash: undefined,
  }
}
