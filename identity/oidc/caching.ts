import { createHash } from 'node:crypto'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

/** Below the time that a new key is published before it signs (`KEY_LEAD`): who keeps the keys so long knows each in time. */
const SECONDS = 300
const DOCUMENTS: ReadonlySet<string> = new Set(['discovery', 'jwks'])

/** What describes the provider may be kept, also by caches in between, and is asked for again by its tag (RFC 9110, section 8.8.3). */
export const cacheDocuments: Parameters<Provider['use']>[0] = async (ctx, next) => {
  await next()
  const route = (ctx as Partial<KoaContextWithOIDC>).oidc?.route ?? ''
  if (ctx.status !== 200 || !DOCUMENTS.has(route)) return
  ctx.set('cache-control', `public, max-age=${SECONDS}`)
  ctx.set('etag', `"${createHash('sha256').update(JSON.stringify(ctx.body)).digest('base64url').slice(0, 22)}"`)
  if (ctx.fresh) ctx.status = 304
}

/** Each refusal names how a client may authenticate (RFC 9110, section 11.6.1); the library does so only where Basic was tried. */
export const challengeClients: Parameters<Provider['use']>[0] = async (ctx, next) => {
  await next()
  if (ctx.status === 401 && !ctx.response.get('www-authenticate'))
    ctx.set('www-authenticate', 'Basic realm="plumbline"')
}
