import { type Entry, InvalidCredentialsError, NoSuchObjectError, type SearchOptions } from 'ldapts'
import { isDirectory } from '../identity/federation/directory-login.ts'
import { type DirectoryAt, directoryOf, LDAP_ISSUER, nameBy } from '../identity/federation/ldap.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import { SHADOW_PASSWORD } from './place.ts'
import { type AccountThere, methodKey, type StandIn } from './stand-in.ts'

interface Member {
  readonly dn: string
  readonly username: string
}

/**
 * Stands for every directory of the world at its own addresses, without a network. It takes every account of a service, and people by the
 * password of trials.
 */
export class Directories implements StandIn {
  /** By the address of a server. */
  readonly #members = new Map<string, Member[]>()
  /** Who is in one already, by login method. */
  readonly #known = new Set<string>()

  readonly plays = isDirectory

  async know(login: FederatedLogin, username: string): Promise<AccountThere | undefined> {
    try {
      const { urls, base, template } = directoryOf(login)
      const dn = template === undefined ? `uid=${username},${base}` : nameBy(template, username)
      const key = `${methodKey(login)} ${username}`
      if (!this.#known.has(key)) for (const url of urls) this.#membersAt(new URL(url)).push({ dn, username })
      this.#known.add(key)
      return { issuer: LDAP_ISSUER, subject: username }
    } catch {
      // Settings that the service refuses, which it says itself.
      return undefined
    }
  }

  /** Nobody is sent there. */
  async signIn(): Promise<undefined> {
    return undefined
  }

  readonly at: DirectoryAt = (address) => {
    const members = this.#members.get(address.host)
    if (members === undefined) return undefined
    return {
      bind: async (dn, password) => {
        const person = members.find((member) => member.dn === dn)
        if (person !== undefined && password !== SHADOW_PASSWORD) throw new InvalidCredentialsError()
        if (person === undefined && password === SHADOW_PASSWORD) throw new InvalidCredentialsError()
      },
      search: async (base, options = {}) => {
        const searchEntries = members.filter((member) => isFound(member, String(base), options)).map(entryOf)
        if (searchEntries.length === 0 && options.scope === 'base') throw new NoSuchObjectError()
        return { searchEntries, searchReferences: [] }
      },
      unbind: async () => {},
    }
  }

  #membersAt({ host }: URL): Member[] {
    const members = this.#members.get(host) ?? []
    this.#members.set(host, members)
    return members
  }
}

function isFound({ dn, username }: Member, base: string, { scope, filter }: SearchOptions): boolean {
  if (scope === 'base') return dn === base
  return (dn === base || dn.endsWith(`,${base}`)) && String(filter).includes(`(uid=${username})`)
}

const entryOf = ({ dn, username }: Member): Entry => ({ dn, uid: username, entryUUID: username })
