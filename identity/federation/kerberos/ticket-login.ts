import { createHash } from 'node:crypto'
import type { Deps } from '../../deps.ts'
import { keytabNamed } from '../../directory/keystore.ts'
import type { KeytabEntry } from '../../directory/keytab.ts'
import { scopeOf } from '../../directory/organizations.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import { succeeds } from '../../platform/succeeds.ts'
import type { Collection } from '../../store/store.ts'
import type { FederatedLogin } from '../methods.ts'
import { incomplete, wrongAnswer } from '../problems.ts'
import type { Arrival } from '../protocol.ts'
import { type ClaimNames, standardClaims } from '../standard-claims.ts'
import { requireTicket, takesTickets } from './negotiate.ts'
import { KERBEROS_ISSUER, KEYTAB } from './settings.ts'

/** A ticket that was good once, in the scope of the organization. */
interface Spent {
  /** SHA-256 of the bytes of its token: in base64 the same ones can be written in several ways. */
  readonly id: string
}
const SPENT: Collection<Spent> = { name: 'kerberosTickets', id: (spent) => spent.id, indexes: [] }
/** A ticket is good five minutes before and after its time (RFC 4120, section 1.6). */
const SECONDS = 11 * 60

/** A name without an instance: one with a slash is of a service, one that ends with a dollar of a computer. */
const PERSON = /^([^/@\\]*[^/@\\$])@([^@]+)$/

const CLAIMS: ClaimNames = [['username', 'preferred_username']]

/** Somebody who has shown a ticket, and what the browser is told of the service. */
export interface TicketArrival {
  readonly arrival: Arrival
  readonly answer: string | undefined
}

/**
 * Who shows a ticket for the service (RFC 4559). It has to be for the host of the public URL, opened by a key of the organization, of a
 * person in a realm of these keys, and shown for the first time. Throws the uniform refusal, with what is wrong; UNAVAILABLE as
 * `TicketCheck` does.
 */
export async function signInByTicket(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'tickets'>,
  login: FederatedLogin,
  token: string,
): Promise<TicketArrival> {
  requireTicket(token)
  const publicUrl = publicUrlOf(deps)
  if (!takesTickets(publicUrl)) throw incomplete('a public URL with https')
  const host = new URL(publicUrl).hostname
  const keytab = await keytabNamed(deps, login.organization, KEYTAB)
  if (keytab === undefined) throw incomplete(`a keytab '${KEYTAB}' in the keystore`)
  const realms = realmsOf(keytab.entries, `HTTP/${host}`)
  if (realms.length === 0) throw incomplete(`a key of HTTP/${host} in its keytab`)
  const { principal, answer } = await deps.tickets({ token, service: `HTTP@${host}`, keytab: keytab.base64 })
  const [, username = '', realm = ''] = PERSON.exec(principal) ?? []
  if (username === '') throw wrongAnswer('the ticket is of no person')
  if (!realms.includes(realm)) throw wrongAnswer('the ticket is of a person of another realm')
  await requireFirst(deps, login, token)
  const claims = standardClaims(login.spec, CLAIMS, { principal, username, realm })
  return { arrival: { issuer: KERBEROS_ISSUER, subject: principal, claims }, answer }
}

/** The realms in which a keytab has a key of that name. */
const realmsOf = (entries: readonly KeytabEntry[], name: string): readonly string[] =>
  entries.flatMap(({ principal }) => (principal.startsWith(`${name}@`) ? [principal.slice(name.length + 1)] : []))

/** The library knows what was shown on this machine; this is for replicas on others. */
async function requireFirst({ store }: Pick<Deps, 'store'>, login: FederatedLogin, token: string): Promise<void> {
  const id = createHash('sha256').update(token, 'base64').digest('base64url')
  if (!(await succeeds(store.create(SPENT, scopeOf(login.organization), { id }, SECONDS), 'CONFLICT')))
    throw wrongAnswer('the ticket was shown before')
}
