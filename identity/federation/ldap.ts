import net from 'node:net'
import tls from 'node:tls'
import { Client, type Entry, EqualityFilter, InvalidCredentialsError, OrFilter } from 'ldapts'
import { PlumblineError } from '../../config/errors.ts'
import type { OutsideHosts } from '../platform/http/outside.ts'
import { matchesWhole } from '../platform/patterns.ts'
import { claimsOfEntry, IDENTITY_ATTRIBUTES, subjectOf } from './ldap-entry.ts'
import type { FederatedLogin } from './methods.ts'
import { incomplete } from './problems.ts'
import type { Arrival } from './protocol.ts'
import { recordOf, textOf, textsOf } from './values.ts'

/** What LDAP needs of the service. */
export interface LdapParts {
  readonly hosts: (secure: boolean) => OutsideHosts
  readonly directoryAt?: DirectoryAt | undefined
}

/** As much of a connection to a directory as is used here. */
type DirectoryClient = Pick<Client, 'bind' | 'search' | 'unbind'>

/** The directory at an address, in place of the one that the network leads to. */
export type DirectoryAt = (address: URL) => DirectoryClient | undefined

/** What a person enters. */
export interface DirectoryAnswer {
  readonly username: string
  readonly password: string
}

const MILLISECONDS = 5000
const START_TLS = '1.3.6.1.4.1.1466.20037'
/** Which attributes hold the name that a person enters. */
const NAMES = ['uid', 'sAMAccountName', 'userPrincipalName', 'mail']
/** Which directory says who somebody is, the login method tells. */
export const LDAP_ISSUER = 'urn:plumbline:ldap'

/** How a directory is asked. */
export interface LdapDirectory {
  readonly urls: readonly string[]
  readonly base: string
  readonly template: string | undefined
  readonly service: { readonly name: string; readonly password: string } | undefined
  readonly attributes: readonly string[]
}

/**
 * Who a person is by a directory (RFC 4511): bound by a name that a template makes, or found first and bound then. `undefined` when name or
 * password are not right. Throws UNAVAILABLE when no server answers, the uniform refusal when the settings lack something.
 */
export async function askDirectory(
  parts: LdapParts,
  login: FederatedLogin,
  answer: DirectoryAnswer,
): Promise<Arrival | undefined> {
  const block = recordOf(login.spec.ldap)
  // Without a password a bind succeeds as nobody (RFC 4513, section 5.1.2).
  if (answer.password === '' || !matches(textOf(block.matchPattern), answer.username)) return undefined
  const directory = directoryOf(login)
  const entry = await directoryEntry(parts, directory, answer.username, answer.password)
  return entry && arrivalOf(login, entry)
}

/**
 * The entry of a name and a password; without a password whoever has the name. Asks the first server that answers. Throws as
 * `askDirectory`.
 */
export async function directoryEntry(
  parts: LdapParts,
  directory: LdapDirectory,
  username: string,
  password: string | undefined,
): Promise<Entry | undefined> {
  const work = (client: DirectoryClient) =>
    password === undefined ? found(client, directory, username) : signedIn(client, directory, { username, password })
  for (const url of directory.urls) {
    const entry = await atServer(parts, url, work)
    if (entry !== 'unreachable') return entry
  }
  throw new PlumblineError('UNAVAILABLE', 'no server of the directory answers')
}

/** What the settings say of a directory. Throws the uniform refusal, with what they lack. */
export function directoryOf({ spec, secret }: FederatedLogin): LdapDirectory {
  const block = recordOf(spec.ldap)
  const urls = (textOf(block.serverUrls) ?? '').split(/[\s,;]+/).filter((url) => url !== '')
  const [base, template, name] = ['baseSuffix', 'authenticationDnTemplate', 'userDistinguishedName'].map((f) =>
    textOf(block[f]),
  )
  const password = secret('password')
  if (urls.length === 0) throw incomplete('the addresses of the directory')
  if (template !== undefined && !template.includes('=')) throw incomplete('a template of a distinguished name')
  if (template === undefined && base === undefined) throw incomplete('where the search begins, or a template')
  const service = name === undefined || password === undefined ? undefined : { name, password }
  return { urls, base: base ?? '', template, service, attributes: textsOf(block.attributesToBeFetched) }
}

const matches = (pattern: string | undefined, username: string): boolean =>
  pattern === undefined || matchesWhole(pattern, username)

/** Runs `work` on a connection; what only says that this server cannot be used makes room for the next one. */
async function atServer<T>(
  parts: LdapParts,
  url: string,
  work: (client: DirectoryClient) => Promise<T>,
): Promise<T | 'unreachable'> {
  const address = URL.parse(url)
  if (!address || !['ldap:', 'ldaps:'].includes(address.protocol))
    throw incomplete('an address with ldaps:// or ldap://')
  const client = await clientAt(parts, address).catch(() => undefined)
  if (client === undefined) return 'unreachable'
  try {
    return await work(client)
  } catch (error) {
    if (error instanceof PlumblineError) throw error
    return 'unreachable'
  } finally {
    await client.unbind().catch(() => undefined)
  }
}

async function clientAt({ hosts, directoryAt }: LdapParts, address: URL): Promise<DirectoryClient | undefined> {
  if (directoryAt !== undefined) return directoryAt(address)
  const isSecure = address.protocol === 'ldaps:'
  const host = address.hostname.replace(/^\[|\]$/g, '')
  const { lookup, allows } = hosts(isSecure)
  if (!allows(host)) return undefined
  const client = new Client({
    url: address.href,
    timeout: MILLISECONDS,
    connectTimeout: MILLISECONDS,
    createConnection: ((port: number) => net.connect({ port, host, lookup })) as typeof net.connect,
    ...(isSecure
      ? {
          createSecureConnection: ((port: number) =>
            tls.connect({ port, host, lookup, servername: net.isIP(host) ? '' : host })) as typeof tls.connect,
        }
      : {}),
  })
  if (!isSecure) await secured(client, host).catch((error) => ended(client, error))
  return client
}

async function ended(client: Client, error: unknown): Promise<never> {
  await client.unbind().catch(() => undefined)
  throw error
}

/** StartTLS where the server offers it (RFC 4511, section 4.14). */
async function secured(client: Client, host: string): Promise<void> {
  const { searchEntries } = await client.search('', { scope: 'base', attributes: ['supportedExtension'] })
  const offered = [searchEntries[0]?.supportedExtension ?? []].flat().map(String)
  if (offered.includes(START_TLS)) await client.startTLS(net.isIP(host) ? {} : { servername: host })
}

async function signedIn(
  client: DirectoryClient,
  directory: LdapDirectory,
  answer: DirectoryAnswer,
): Promise<Entry | undefined> {
  const name = directory.template === undefined ? undefined : nameBy(directory.template, answer.username)
  const entry = name === undefined ? await found(client, directory, answer.username) : undefined
  const dn = name ?? entry?.dn
  if (dn === undefined || !(await isBound(client, dn, answer.password))) return undefined
  return entry ?? (await read(client, dn, directory, 'base'))[0]
}

async function isBound(client: DirectoryClient, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false
    throw error
  }
}

/** The one entry with that name. */
async function found(client: DirectoryClient, directory: LdapDirectory, username: string): Promise<Entry | undefined> {
  const { service, base } = directory
  if (service !== undefined && !(await isBound(client, service.name, service.password)))
    throw incomplete('the right name and password of the service')
  const filters = NAMES.map((attribute) => new EqualityFilter({ attribute, value: username }))
  const [entry, ...others] = await read(client, base, directory, 'sub', new OrFilter({ filters }))
  return others.length === 0 ? entry : undefined
}

async function read(
  client: DirectoryClient,
  dn: string,
  { attributes }: LdapDirectory,
  scope: 'base' | 'sub',
  filter?: OrFilter,
) {
  const { searchEntries } = await client.search(dn, {
    scope,
    attributes: [...IDENTITY_ATTRIBUTES, ...(attributes.length === 0 ? ['*'] : attributes)],
    explicitBufferAttributes: ['objectGUID'],
    sizeLimit: 2,
    ...(filter === undefined ? {} : { filter }),
  })
  return searchEntries
}

/** The distinguished name that a template makes of a user name. */
export const nameBy = (template: string, username: string): string =>
  template.replaceAll(/\{username\}|\{0\}|%s/g, () => escapedValue(username))

/** A value inside a distinguished name (RFC 4514, section 2.4). */
const escapedValue = (value: string): string =>
  value
    .replaceAll(/[\\,+"<>;=#]/g, (sign) => `\\${sign}`)
    .replaceAll('\0', '\\00')
    .replace(/^ | $/g, '\\ ')

const arrivalOf = ({ spec }: FederatedLogin, entry: Entry): Arrival => ({
  issuer: LDAP_ISSUER,
  subject: subjectOf(entry),
  claims: claimsOfEntry(spec, entry),
})
