import type { FastifyRequest } from 'fastify'
import { isFormOfAdminKey } from '../directory/administrator-key.ts'
import { tenantOfToken } from '../oidc/extensions.ts'

/** An access token of a person, and the tenant that it names. */
export interface LoginToken {
  readonly form: 'login'
  readonly token: string
  readonly tenant: string
}

/** What a request presents to say who makes it; nothing is proven by it. */
export type PresentedCredentials =
  | { readonly form: 'none' }
  | { readonly form: 'key'; readonly text: string }
  | LoginToken
  /** A token of a program that acts for itself. */
  | { readonly form: 'program'; readonly token: string }

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,4096})$/i
const API_KEY = /^plk_([A-Za-z0-9-]{1,64})_[A-Za-z0-9_-]{43}$/

/** The id in an API key; `undefined` for any other text. */
export const keyIdIn = (text: string): string | undefined => API_KEY.exec(text)?.[1]

/** Reads `X-API-Key`, or else `Authorization`. */
export function credentialsOf(request: FastifyRequest): PresentedCredentials {
  const key = request.headers['x-api-key']
  if (key === undefined) return bearerOf(request)
  return key === '' ? { form: 'none' } : { form: 'key', text: String(key) }
}

/** Reads a key or an access token in `Authorization: Bearer` (RFC 6750, section 2.1). */
export function bearerOf({ headers }: FastifyRequest): PresentedCredentials {
  const token = BEARER.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) return { form: 'none' }
  if (isFormOfAdminKey(token) || keyIdIn(token) !== undefined) return { form: 'key', text: token }
  const tenant = tenantOfToken(token)
  return tenant === undefined ? { form: 'program', token } : { form: 'login', token, tenant }
}
