import { PlumblineError } from '../../config/errors.ts'
import type { JsonObject } from '../../config/json.ts'
import { type Documents, environmentOf } from '../../config/project/documents.ts'
import { referencedKey, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { type SecretReference, secretSource } from '../../reconciler/secret-source.ts'

/** A change that somebody made past the documents. */
export interface Tampering {
  readonly request: string
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}

const LENGTHS = [6, 8] as const

/**
 * Changes the length of the reset code over HTTP, as an administrator of SailPoint would: through the vendor API of the
 * runtime at `url` (contract sailpoint, putPasswordOrgConfig) with the credentials of the documents' Connection.
 */
export async function tamper(url: string, documents: Documents): Promise<Tampering> {
  const connection = documents.resources.find((r) => r.kind === 'Connection' && r.spec.system === 'SailPoint')
  if (connection === undefined) throw new PlumblineError('INTERNAL', 'the example has no SailPoint connection')
  const organization = referencedKey(connection, 'Organization', resolve(documents.resources))
  const base = `${url}/orgs/${organization}/sailpoint`
  const authorization = `Bearer ${await tokenOf(base, connection, documents)}`
  const path = `${base}/beta/password-org-config`
  const { digitTokenLength: from } = await json(path, { headers: { authorization } })
  const to = LENGTHS.find((length) => length !== from)
  const headers = { authorization, 'content-type': 'application/json' }
  await json(path, { method: 'PUT', headers, body: JSON.stringify({ digitTokenLength: to }) })
  return { request: `PUT ${new URL(path).pathname}`, field: 'digitTokenLength', from, to }
}

/** An access token by client credentials (RFC 6749, section 4.4). */
async function tokenOf(base: string, { spec }: Resource, documents: Documents): Promise<string> {
  const find = secretSource({
    env: environmentOf(documents, process.env),
    folder: documents.folder,
    allowed: documents.allowedSecrets,
  })
  const { clientId, clientSecret } = spec.credentials as Readonly<Record<'clientId' | 'clientSecret', SecretReference>>
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: (await find(clientId)).reveal(),
    client_secret: (await find(clientSecret)).reveal(),
  })
  return String((await json(`${base}/oauth/token`, { method: 'POST', body })).access_token)
}

async function json(url: string, init: RequestInit): Promise<JsonObject> {
  const answer = await fetch(url, init)
  if (answer.ok) return (await answer.json()) as JsonObject
  const { pathname } = new URL(url)
  throw new PlumblineError('UNEXPECTED_RESPONSE', `${init.method ?? 'GET'} ${pathname} answered ${answer.status}`)
}
