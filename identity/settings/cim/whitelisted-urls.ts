import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../../config/json.ts'
import { Fault } from '../../platform/fault.ts'
import { part } from './state.ts'

/** Contract schema WhitelistedUrl. */
export interface WhitelistedUrl {
  readonly id: string
  readonly url: string
}

const MAX_URLS = 500

export function whitelistedUrls(features: JsonObject): readonly WhitelistedUrl[] {
  return (part(features.action_token).whitelisted_urls ?? []) as readonly WhitelistedUrl[]
}

/** One more entry; a URL that is equal after normalization is there already. Throws Fault 400. */
export function withUrl(features: JsonObject, url: unknown): JsonObject {
  const urls = whitelistedUrls(features)
  const added = normalized(url)
  return urls.some((u) => normalized(u.url) === added)
    ? features
    : withUrls(features, [...urls, { id: randomUUID(), url: String(url) }])
}

/** Throws Fault 404 when there is no entry with the id. */
export function withoutUrl(features: JsonObject, id: string): JsonObject {
  const urls = whitelistedUrls(features)
  if (!urls.some((u) => u.id === id)) throw new Fault(404, `There is no allowed URL with the id '${id}'.`)
  return withUrls(
    features,
    urls.filter((u) => u.id !== id),
  )
}

/** A list sent with the features replaces the stored one; entries keep the id that their URL had. */
export function replacedUrls(old: JsonObject, sent: readonly Partial<WhitelistedUrl>[]): readonly WhitelistedUrl[] {
  const known = new Map(whitelistedUrls(old).map((u) => [normalized(u.url), u.id]))
  const next = new Map(sent.map(({ url }) => [normalized(url), String(url)]))
  return [...next].map(([key, url]) => ({ id: known.get(key) ?? randomUUID(), url }))
}

function withUrls(features: JsonObject, urls: readonly WhitelistedUrl[]): JsonObject {
  if (urls.length > MAX_URLS) throw new Fault(400, `There are at most ${MAX_URLS} allowed URLs.`)
  return { ...features, action_token: { ...part(features.action_token), whitelisted_urls: urls } }
}

function normalized(url: unknown): string {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Fault(400, 'The url is not an absolute URL.')
  return new URL(url).href
}
