import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../../../identity/assemble.ts'
import type { Deps } from '../../../identity/deps.ts'
import {
  encryptionKeyOf,
  encryptionKeysOf,
  openKeyRing,
  removeKey,
  rotateKeys,
  signingKeyOf,
} from '../../../identity/oidc/keys.ts'
import { KEY_LEAD, KEY_REMAINS } from '../../../identity/oidc/lifetimes.ts'
import { openStore } from '../../../identity/store/open.ts'

const SECOND = 1000
let folder: string
let time: number
let deps: Deps
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-keys-'))
  time = Date.parse('2026-01-01T00:00:00Z')
  const now = () => new Date(time)
  deps = assemble({ store: await openStore(folder, now), now, masterKey: new Uint8Array(32).fill(7) })
})
afterEach(async () => {
  await deps.store.close()
  await rm(folder, { recursive: true })
})

const kids = async () => (await openKeyRing(deps, 'acme', ['EdDSA'])).keys.map((key) => key.kid)

describe('the keys of a tenant', () => {
  it('are made once, whoever asks first', async () => {
    const rings = await Promise.all(Array.from({ length: 5 }, () => openKeyRing(deps, 'acme', ['EdDSA', 'ECDH-ES'])))
    const names = rings.map((ring) => ring.keys.map((key) => key.kid).join())
    expect([new Set(names).size, rings[0]?.keys.length]).toEqual([1, 2])
  })

  it('differ between tenants, and none opens as the key of another', async () => {
    const [acme, globex] = [await signingKeyOf(deps, 'acme'), await signingKeyOf(deps, 'globex')]
    expect(acme.kid).not.toBe(globex.kid)
  })

  it('are on disk sealed only', async () => {
    const { keys } = await openKeyRing(deps, 'acme', ['EdDSA', 'ECDH-ES'])
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')))
    const secrets = keys.map((key) => String(key.privateJwk.d))
    expect(secrets.filter((secret) => files.some((file) => file.includes(secret)))).toEqual([])
  })
})

describe('an RS256 key', () => {
  it('is published with a certificate of its own', async () => {
    const { keys } = await openKeyRing(deps, 'acme', ['RS256'])
    const certificate = new X509Certificate(Buffer.from(String(keys[0]?.publicJwk.x5c?.[0]), 'base64'))
    expect(certificate.publicKey.export({ format: 'jwk' }).n).toBe(keys[0]?.publicJwk.n)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(Date.parse(certificate.validFrom)).toBe(time)
  })
})

describe('the removal of a key', () => {
  it('takes it out of the published set at once', async () => {
    const old = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    time += KEY_LEAD * SECOND
    await removeKey(deps, 'acme', old.kid)
    expect(await kids()).toEqual([expect.not.stringContaining(old.kid)])
  })

  it('lets a successor that waits for its turn take over at once', async () => {
    const leaked = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    await removeKey(deps, 'acme', leaked.kid)
    expect((await signingKeyOf(deps, 'acme')).kid).not.toBe(leaked.kid)
    await expect(rotateKeys(deps, 'acme')).resolves.toMatchObject({ activeFrom: expect.any(Date) })
  })

  it('brings the key before it back for good when it was the newest', async () => {
    const before = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    time += KEY_LEAD * SECOND
    await removeKey(deps, 'acme', (await signingKeyOf(deps, 'acme')).kid)
    time += 2 * KEY_REMAINS * SECOND
    expect(await kids()).toEqual([before.kid])
  })

  it('is refused for the only key of its algorithm, whatever other keys there are', async () => {
    const { kid } = await signingKeyOf(deps, 'acme')
    await openKeyRing(deps, 'acme', ['RS256', 'ECDH-ES'])
    await expect(removeKey(deps, 'acme', kid)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await signingKeyOf(deps, 'acme')).kid).toBe(kid)
  })

  it('is refused for a key of another tenant', async () => {
    const { kid } = await signingKeyOf(deps, 'globex')
    await expect(removeKey(deps, 'acme', kid)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a rotation', () => {
  it('publishes the next key before it signs', async () => {
    const before = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    expect(await kids()).toEqual([before.kid, expect.any(String)])
    expect((await signingKeyOf(deps, 'acme')).kid).toBe(before.kid)
  })

  it('lets the next key sign after the lead, and keeps the old one published', async () => {
    const before = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    time += KEY_LEAD * SECOND
    expect((await signingKeyOf(deps, 'acme')).kid).not.toBe(before.kid)
    expect(await kids()).toContain(before.kid)
  })

  it('takes the old key out when nothing that it signed is of use any more', async () => {
    const before = await signingKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    time += (KEY_LEAD + KEY_REMAINS) * SECOND
    expect(await kids()).toEqual([expect.not.stringContaining(before.kid)])
  })

  it('rotates the encryption key, too; messages to the old one still open', async () => {
    const before = await encryptionKeyOf(deps, 'acme')
    await rotateKeys(deps, 'acme')
    time += KEY_LEAD * SECOND
    const keys = await encryptionKeysOf(deps, 'acme')
    expect(keys.map((key) => key.kid)).toEqual([expect.not.stringContaining(before.kid), before.kid])
  })

  it('is refused while the last one is under way', async () => {
    await kids()
    await rotateKeys(deps, 'acme')
    await expect(rotateKeys(deps, 'acme')).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('says until when a ring is true', async () => {
    await kids()
    await rotateKeys(deps, 'acme')
    expect((await openKeyRing(deps, 'acme', ['EdDSA'])).goodUntil).toBe(time + KEY_LEAD * SECOND)
  })
})
