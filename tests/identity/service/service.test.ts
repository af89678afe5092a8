import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../../identity/embedded.ts'
import { openService } from '../../../identity/service.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-service-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (store = 'store', data = 'data') =>
  openService({ store: join(folder, store), dataFolder: join(folder, data) })
const file = (name: string, data = 'data') => readFile(join(folder, data, name), 'utf8')

describe('the first start', () => {
  it('makes the keys, readable by their owner only, and shows the administrator key', async () => {
    const service = await open()
    const modes = await Promise.all(['master.key', 'admin.key'].map((n) => stat(join(folder, 'data', n))))
    expect(modes.map((s) => s.mode & 0o777)).toEqual([0o600, 0o600])
    expect(service.createdAdminKey).toBe((await file('admin.key')).trim())
    await service.close()
  })

  it('keeps no clear key in the store', async () => {
    const service = await open()
    await service.close()
    const names = await readdir(join(folder, 'store'))
    const contents = await Promise.all(names.map((n) => readFile(join(folder, 'store', n), 'latin1')))
    const secrets = [String(service.createdAdminKey), (await file('master.key')).trim()]
    expect(secrets.filter((secret) => contents.some((c) => c.includes(secret)))).toEqual([])
  })
})

describe('a later start', () => {
  it('keeps the keys and shows none', async () => {
    await (await open()).close()
    const keys = [await file('master.key'), await file('admin.key')]
    const again = await open()
    await again.close()
    expect(again.createdAdminKey).toBeUndefined()
    expect([await file('master.key'), await file('admin.key')]).toEqual(keys)
  })

  it('is refused with another master key than the store was made with', async () => {
    await (await open('store', 'data')).close()
    await expect(open('store', 'other')).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('is refused with a damaged master key, which is not written over', async () => {
    await (await open()).close()
    await writeFile(join(folder, 'data', 'master.key'), 'short\n')
    await expect(open()).rejects.toMatchObject({ code: 'IO' })
    expect(await file('master.key')).toBe('short\n')
  })

  it('makes a new administrator key only where the store knows none', async () => {
    await (await open()).close()
    await rm(join(folder, 'data', 'admin.key'))
    const again = await open()
    await again.close()
    expect(again.createdAdminKey).toBeUndefined()
    expect(await readdir(join(folder, 'data'))).toEqual(['master.key'])
  })
})

describe('two first starts at once', () => {
  it('agree on one administrator key, which opens both', async () => {
    const services = await Promise.all([open(), open()])
    const headers = { 'x-api-key': (await file('admin.key')).trim() }
    const answers = await Promise.all(services.map((s) => s.app.inject({ url: '/v1/organizations', headers })))
    await Promise.all(services.map((s) => s.close()))
    expect(answers.map((a) => a.statusCode)).toEqual([200, 200])
    expect((await readdir(join(folder, 'data'))).sort()).toEqual(['admin.key', 'master.key'])
  })
})

describe('a replica', () => {
  it('joins a store with a copy of the master key, and needs no administrator key of its own', async () => {
    const first = await open('store', 'data')
    await mkdir(join(folder, 'replica'))
    await copyFile(join(folder, 'data', 'master.key'), join(folder, 'replica', 'master.key'))
    const replica = await open('store', 'replica')
    const headers = { 'x-api-key': String(first.createdAdminKey) }
    const answer = await replica.app.inject({ url: '/v1/organizations', headers })
    await Promise.all([first.close(), replica.close()])
    expect([answer.statusCode, replica.createdAdminKey]).toEqual([200, undefined])
    expect(await readdir(join(folder, 'replica'))).toEqual(['master.key'])
  })
})

describe('a service that listens', () => {
  it('answers over HTTP and closes without leaving anything open', async () => {
    const service = await open()
    const url = await service.listen({ host: '127.0.0.1', port: 0 })
    const statuses = await Promise.all(['/healthz', '/readyz'].map(async (path) => (await fetch(url + path)).status))
    await service.close()
    expect(statuses).toEqual([200, 200])
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  })

  it('answers /healthz while a write waits for another process that has locked the store', async () => {
    const service = await open('busy', 'busy')
    const url = await service.listen({ host: '127.0.0.1', port: 0 })
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const other = new DatabaseSync(join(folder, 'busy', 'plumbline.db'))
    other.exec('BEGIN IMMEDIATE')
    const headers = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
    let isWritten = false
    const writes = ['a', 'b', 'c'].map(async (tenant_id) => {
      const body = JSON.stringify({ tenant_id })
      const { status } = await fetch(`${url}/v1/tenants`, { method: 'POST', headers, body })
      isWritten = true
      return status
    })
    // More often than one write would wait at a time.
    for (let n = 0; n < 20; n++) expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(isWritten).toBe(false)
    other.exec('COMMIT')
    expect(await Promise.all(writes)).toEqual([201, 201, 201])
    other.close()
    await service.close()
  })

  it('fails with IO when the port is taken', async () => {
    const service = await open()
    const { port } = new URL(await service.listen({ host: '127.0.0.1', port: 0 }))
    const second = await open()
    await expect(second.listen({ host: '127.0.0.1', port: Number(port) })).rejects.toMatchObject({ code: 'IO' })
    await Promise.all([service.close(), second.close()])
  })
})

describe('the HTTP application', () => {
  it('gives every answer a request id of its own, whatever the caller sends', async () => {
    const service = await open()
    const headers = { 'x-request-id': 'mine' }
    const [one, two] = await Promise.all([1, 2].map(() => service.app.inject({ url: '/healthz', headers })))
    await service.close()
    expect(one?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(one?.headers['x-request-id']).not.toBe(two?.headers['x-request-id'])
  })

  it('hides what broke behind a plain 500', async () => {
    const service = await open()
    await service.deps.store.close()
    const answer = await service.app.inject({ url: '/readyz' })
    await service.app.close()
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toEqual({ detail: 'The server met a fault of its own.' })
  })

  it('refuses a body above 1 MiB with 413', async () => {
    const service = await open()
    const headers = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
    const payload = JSON.stringify({ display_name: 'x'.repeat(1024 * 1024) })
    const answer = await service.app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
    await service.close()
    expect(answer.statusCode).toBe(413)
  })

  it('refuses a body that is no JSON, and one that reaches for prototypes, with 400', async () => {
    const service = await open()
    const headers = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
    const post = (payload: string) => service.app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
    const answers = await Promise.all(['{', '{"__proto__":{"a":1}}', ''].map(post))
    await service.close()
    expect(answers.map((a) => a.statusCode)).toEqual([400, 400, 400])
  })
})

describe('the embedded endpoint', () => {
  const embedded = () => openEmbedded({ store: join(folder, 'store'), dataFolder: join(folder, 'data') })

  it('answers like the service, with the key of the data folder', async () => {
    const { fetch, adminKey, close } = await embedded()
    const headers = { 'x-api-key': String(adminKey), 'content-type': 'application/json' }
    const body = JSON.stringify({ organization_id: 'acme' })
    const made = await fetch('http://embedded.invalid/v1/organizations', { method: 'POST', headers, body })
    const gone = await fetch('http://embedded.invalid/v1/organizations/acme', { method: 'DELETE', headers })
    await close()
    expect([made.status, gone.status, gone.body]).toEqual([201, 204, null])
    expect(await made.json()).toMatchObject({ organization_id: 'acme' })
  })

  it('refuses other origins and ends with the signal of the caller', async () => {
    const { fetch, close } = await embedded()
    await expect(fetch('http://elsewhere.invalid/healthz')).rejects.toThrow('embedded.invalid')
    await expect(fetch('http://embedded.invalid/healthz', { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    await close()
  })

  it('carries a request out whose caller has given up, as a server does', async () => {
    const { fetch, adminKey, close } = await embedded()
    const headers = { 'x-api-key': adminKey ?? '', 'content-type': 'application/json' }
    const organizations = 'http://embedded.invalid/v1/organizations'
    const made = await fetch(organizations, { method: 'POST', headers, body: '{"organization_id":"acme"}' })
    expect(made.status).toBe(201)
    const caller = new AbortController()
    const asked = fetch(`${organizations}/acme`, { method: 'DELETE', headers, signal: caller.signal })
    caller.abort()
    await expect(asked).rejects.toThrow('aborted')
    await expect.poll(async () => (await fetch(`${organizations}/acme`, { headers })).status).toBe(404)
    await close()
  })

  it('shares its data with a service on the same folder', async () => {
    const service = await open()
    const headers = { 'x-api-key': String(service.createdAdminKey) }
    const payload = { organization_id: 'shared' }
    await service.app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
    const { fetch, close } = await embedded()
    const answer = await fetch('http://embedded.invalid/v1/organizations/shared', { headers })
    await Promise.all([close(), service.close()])
    expect(answer.status).toBe(200)
  })
})
