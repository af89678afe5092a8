import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seal, unseal } from '../../../identity/crypto/seal.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from '../settings/runtime.ts'

describe('the store', () => {
  let runtime: Runtime
  beforeEach(async () => {
    runtime = await openRuntime()
  })
  afterEach(() => runtime.close())

  it('holds neither the credentials of an organization nor the secrets of login methods in clear', async () => {
    const { organization_id } = await newOrganization(runtime)
    const authorization = `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`
    const password = { id: 'username-and-password' }
    const google = { type: 'GOOGLE', name: 'Google', google_attributes: { client_secret: 'MARKED-google' } }
    const written = await runtime.call({
      method: 'POST',
      path: `/orgs/${organization_id}/cim/api/v2/config`,
      headers: { authorization },
      body: { login_methods: { login_methods: [password, google] } },
    })
    expect(written.status).toBe(204)
    const files = await readdir(runtime.folder)
    const contents = await Promise.all(files.map((f) => readFile(join(runtime.folder, f), 'latin1')))
    expect(contents.some((c) => c.includes('Google'))).toBe(true)
    expect(files.filter((_, i) => /MARKED|22eac1c27af4be7b9d04da2ce1af111b/.test(contents[i] ?? ''))).toEqual([])
  })
})

describe('a sealed text', () => {
  const key = new Uint8Array(32).fill(7)

  it('is read with the same key and purpose, and looks different each time', () => {
    const [one, two] = [seal(key, 'a', 'secret ü'), seal(key, 'a', 'secret ü')]
    expect([unseal(key, 'a', one), unseal(key, 'a', two), one === two]).toEqual(['secret ü', 'secret ü', false])
  })

  it.each([
    ['another key', new Uint8Array(32).fill(8), 'a', 0],
    ['another purpose', key, 'b', 0],
    ['a changed byte', key, 'a', 1],
  ])('is not read with %s', (_, otherKey, purpose, flip) => {
    const bytes = Buffer.from(seal(key, 'a', 'secret'), 'base64url')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ flip
    expect(() => unseal(otherKey, purpose, bytes.toString('base64url'))).toThrow('authenticate')
  })
})
