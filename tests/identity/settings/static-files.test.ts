import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMBEDDED_URL, type Embedded, openEmbedded } from '../../../identity/embedded.ts'
import { ACCESS } from './runtime.ts'

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
const base64 = (content: Buffer | string): string => Buffer.from(content).toString('base64')

describe('static files of an organization', () => {
  let embedded: Embedded
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-static-'))
    embedded = await openEmbedded({ store: folder, dataFolder: folder })
    for (const name of ['acme', 'other']) {
      await admin('POST', '/v1/organizations', { organization_id: name, access: ACCESS })
      await admin('POST', '/v1/tenants', { tenant_id: `${name}-web` })
      await admin('PUT', `/v1/organizations/${name}/tenants/${name}-web`)
    }
    await admin('POST', '/v1/tenants', { tenant_id: 'alone' })
  })
  afterAll(async () => {
    await embedded.close()
    await rm(folder, { recursive: true })
  })

  const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    embedded.fetch(`${EMBEDDED_URL}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const admin = (method: string, path: string, body?: unknown) =>
    send(method, path, { 'x-api-key': embedded.adminKey ?? '' }, body)
  const put = (files: Readonly<Record<string, string>>, organization = 'acme') =>
    admin('PUT', `/v1/organizations/${organization}/static-files`, { files })
  const listed = async () => (await admin('GET', '/v1/organizations/acme/static-files')).json()
  const basic = `Basic ${base64(`${ACCESS.cim.username}:${ACCESS.cim.password}`)}`
  const reload = (organization = 'acme') =>
    send('POST', `/orgs/${organization}/cim/api/config/extension/reload`, { authorization: basic })
  const get = (path: string, tenant = 'acme-web', headers = {}) => send('GET', `/${tenant}/static/${path}`, headers)

  it('are served after a reload, without a restart, all at once', async () => {
    expect((await put({ 'logo.png': base64(PNG), 'fonts/brand.woff2': base64('font') })).status).toBe(200)
    expect((await get('logo.png')).status).toBe(404)
    await reload()
    const answer = await get('logo.png')
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([200, PNG])
    expect((await get('fonts/brand.woff2')).headers.get('content-type')).toBe('font/woff2')

    await put({ 'other.txt': base64('hello') })
    expect((await get('logo.png')).status).toBe(200)
    await reload()
    expect([(await get('logo.png')).status, (await get('other.txt')).status]).toEqual([404, 200])
    expect(await listed()).toMatchObject({
      served: [{ path: 'other.txt', type: 'text/plain; charset=utf-8', bytes: 5 }],
    })
  })

  it('are sent again only when they have changed', async () => {
    await put({ 'logo.png': base64(PNG) })
    await reload()
    const etag = (await get('logo.png')).headers.get('etag') ?? ''
    expect((await get('logo.png', 'acme-web', { 'if-none-match': etag })).status).toBe(304)
    await put({ 'logo.png': base64('another') })
    await reload()
    expect((await get('logo.png', 'acme-web', { 'if-none-match': etag })).status).toBe(200)
  })

  it('are those of the organization of the tenant', async () => {
    await put({ 'own.txt': base64('of acme') })
    await put({ 'own.txt': base64('of other') }, 'other')
    await reload()
    await reload('other')
    expect(await (await get('own.txt')).text()).toBe('of acme')
    expect(await (await get('own.txt', 'other-web')).text()).toBe('of other')
    for (const tenant of ['alone', 'nobody']) expect((await get('own.txt', tenant)).status).toBe(404)
  })

  it('have no power over the login pages beside them', async () => {
    await put({ 'logo.svg': base64(SVG) })
    await reload()
    const { headers } = await get('logo.svg')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/)
    expect(headers.get('set-cookie')).toBeNull()
  })

  it.each([
    ['a page', 'index.html'],
    ['a script', 'app.js'],
    ['a module', 'app.mjs'],
    ['WebAssembly', 'app.wasm'],
    ['XML that may be a page', 'page.xhtml'],
    ['a name without an end', 'app'],
    ['a folder above', '../logo.png'],
    ['a folder above in the middle', 'a/../../logo.png'],
    ['another separator', 'a\\logo.png'],
    ['a path from the root', '/logo.png'],
    ['a hidden name', '.logo.png'],
    ['an encoded path', '%2e%2e/logo.png'],
    ['an end that is a member of every object', 'a.constructor'],
  ])('refuse %s, and change nothing then', async (_, path) => {
    await put({ 'logo.png': base64(PNG) })
    const before = await listed()
    const answer = await put({ 'new.png': base64(PNG), [path]: base64('x') })
    expect([answer.status, await listed()]).toEqual([400, before])
  })

  it.each([
    ['what is not Base64', { 'a.txt': 'no base64!' }],
    ['a file that is too large', { 'a.txt': base64(Buffer.alloc(1024 * 1024 + 1)) }],
    [
      'files that are too large together',
      Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((n) => [`${n}.txt`, base64(Buffer.alloc(1024 * 1024))])),
    ],
    ['too many files', Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`${i}.txt`, '']))],
  ])('refuse %s', async (_, files) => {
    expect([400, 413]).toContain((await put(files)).status)
  })

  it.each(['..%2f..%2fdata.db', '%2e%2e/%2e%2e/data.db', 'own.txt/', '', 'OWN.TXT', 'own.txt%00.png'])(
    'serve nothing under %j',
    async (path) => {
      await put({ 'own.txt': base64('x') })
      await reload()
      expect([400, 404]).toContain((await get(path)).status)
    },
  )

  it('of nobody but the administrator can be written', async () => {
    const answer = await send('PUT', '/v1/organizations/acme/static-files', {}, { files: {} })
    expect(answer.status).toBe(401)
  })

  it('go with their organization: a later one of the same name has none', async () => {
    await admin('POST', '/v1/organizations', { organization_id: 'gone', access: ACCESS })
    await put({ 'a.txt': base64('x') }, 'gone')
    await reload('gone')
    expect((await admin('DELETE', '/v1/organizations/gone')).status).toBe(204)
    await admin('POST', '/v1/organizations', { organization_id: 'gone', access: ACCESS })
    const answer = await admin('GET', '/v1/organizations/gone/static-files')
    expect(await answer.json()).toEqual({ next: [], served: [] })
  })
})
