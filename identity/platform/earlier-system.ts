import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'

/** Somebody whom an earlier system knows. */
export interface EarlierPerson {
  readonly email: string
  readonly isEmailVerified: boolean
  /** What names the person there for good. */
  readonly identifier: string | undefined
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly locale: string | undefined
  /** Hash of the password there, where the system gives that in place of checking it. */
  readonly passwordHash: string | undefined
}

/** The system from which people move here. `undefined`: nobody there has the name, or the password is wrong. Throws UNAVAILABLE. */
export interface EarlierSystem {
  find(tenant: string, username: string, password: string | undefined): Promise<EarlierPerson | undefined>
}

const MILLISECONDS = 5000
const MOST_BYTES = 65_536
/** Nobody of that name, or not with that password. */
const NOBODY: ReadonlySet<number> = new Set([401, 403, 404])

/**
 * Reads PLUMBLINE_MIGRATION_URL: `https://user:password@host/path`, which gets `{tenant_id, username, password}` and answers 200 with the
 * person, or 401, 403 or 404. Without `password` it is only asked who has the name. Throws USAGE without showing it.
 */
export function earlierSystem(address: string): EarlierSystem {
  const url = URL.parse(address)
  const isLocal = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw new PlumblineError('USAGE', 'PLUMBLINE_MIGRATION_URL has to look like https://user:password@host/path')
  const basic = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString(
    'base64',
  )
  url.username = ''
  url.password = ''
  const headers = { 'content-type': 'application/json', authorization: `Basic ${basic}` }
  return {
    find: async (tenant_id, username, password) => {
      const body = JSON.stringify({ tenant_id, username, ...(password === undefined ? {} : { password }) })
      return personIn(await answerOf(url.href, { method: 'POST', headers, body }))
    },
  }
}

async function answerOf(url: string, init: RequestInit): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(MILLISECONDS) })
    const text = await answer.text()
    if (NOBODY.has(answer.status)) return undefined
    if (!answer.ok || text.length > MOST_BYTES) throw new Error(`it answered ${answer.status}`)
    return text
  } catch (cause) {
    throw unavailable(cause)
  }
}

const unavailable = (cause: unknown) =>
  new PlumblineError('UNAVAILABLE', 'the earlier system does not answer as it should', { cause })

function personIn(text: string | undefined): EarlierPerson | undefined {
  if (text === undefined) return undefined
  const person = json(text)
  if (!isRecord(person) || typeof person.email !== 'string') throw unavailable(new Error('the answer has no email'))
  const said = (name: string) => {
    const value = person[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    email: person.email,
    isEmailVerified: person.email_verified === true,
    identifier: said('person_id'),
    givenName: said('given_name'),
    familyName: said('family_name'),
    locale: said('locale'),
    passwordHash: said('password_hash'),
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unavailable(cause)
  }
}
