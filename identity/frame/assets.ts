import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { Fault } from '../platform/fault.ts'
import { SCRIPTS, type ScriptName } from './script-names.ts'

/** `v1` is no tenant's id, so nobody's pages can lie below this path. */
const PREFIX = '/v1/pages'
const HASH_LETTERS = 16
const FOREVER = 'public, max-age=31536000, immutable'

interface Asset {
  /** Path with the hash of the content: what it names never changes. */
  readonly address: string
  readonly type: string
  readonly zipped: Buffer
  readonly plain: Buffer
}

function assetOf(file: string, type: string): Asset {
  const plain = readFileSync(new URL(file, import.meta.url))
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, HASH_LETTERS)
  const [name, ending] = file.split('/').at(-1)?.split('.') ?? []
  return { address: `${PREFIX}/${name}.${hash}.${ending}`, type, plain, zipped: gzipSync(plain) }
}

export const STYLE = assetOf('./style.css', 'text/css; charset=utf-8')
export const ICON = assetOf('./icon.svg', 'image/svg+xml')
const scripts = Object.fromEntries(
  SCRIPTS.map((name) => [name, assetOf(`./generated/${name}.js`, 'text/javascript; charset=utf-8')]),
) as unknown as Readonly<Record<ScriptName, Asset>>

/** The script of a service worker, which lies at an address of its own: where that is says what it serves. */
export const workerScript = (name: ScriptName): Pick<Asset, 'type' | 'plain'> => scripts[name]

export const scriptAddress = (name: ScriptName): string => scripts[name].address

const byAddress = new Map([STYLE, ICON, ...Object.values(scripts)].map((asset) => [asset.address, asset]))

/** Style and scripts of the pages, each under an address that holds for good. */
export function assetRoutes(app: FastifyInstance): void {
  app.get(`${PREFIX}/:file`, (request, reply) => {
    const asset = byAddress.get(request.url)
    if (!asset) throw new Fault(404, 'Nothing is served under this path.')
    reply.headers({ 'content-type': asset.type, 'cache-control': FOREVER, vary: 'accept-encoding' })
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.send(asset.plain)
    return reply.header('content-encoding', 'gzip').send(asset.zipped)
  })
}
