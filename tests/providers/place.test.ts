import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SystemName } from '../../config/kind.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const signal = new AbortController().signal
const placeOf = (system: SystemName, organization: string, baseUrl?: string, answer: typeof fetch = fetch) =>
  world.connect(system, organization, { ...(baseUrl ? { baseUrl } : {}), fetch: answer }).place?.(signal)

/** A proxy under another name in front of the service. */
const throughProxy: typeof fetch = (input, init) =>
  fetch(String(input).replace('https://login.example.com/identity', world.url), init)

describe('the place of a service of ours', () => {
  it('is one by whatever address it is reached', async () => {
    const direct = await placeOf('SecretsVault', '')
    expect(direct).toMatch(/^instance:[0-9a-f-]{36}$/)
    expect(await placeOf('SecretsVault', '', world.url.replace('127.0.0.1', 'localhost'))).toBe(direct)
    expect(await placeOf('SecretsVault', '', 'https://login.example.com/identity', throughProxy)).toBe(direct)
  })

  it('has one part per organization for the vendor APIs that it serves', async () => {
    const [a, b] = [await world.organization(), await world.organization()]
    const instance = await placeOf('SecretsVault', '')
    expect(await placeOf('OneWelcomeCim', a)).toBe(`${instance}/${a}`)
    expect(await placeOf('Navixy', a)).toBe(`${instance}/${a}`)
    expect(await placeOf('SailPoint', b)).toBe(`${instance}/${b}`)
  })
})

describe('the place of a vendor', () => {
  const silent = () => Promise.reject(new Error('nobody may be asked'))

  it('is its base URL in one form', async () => {
    const urls = ['https://CIM.example.com:443/acme/', 'https://cim.example.com/acme']
    const places = await Promise.all(urls.map((url) => placeOf('OneWelcomeCim', '', url, silent)))
    expect(new Set(places)).toEqual(new Set(['https://cim.example.com/acme']))
    expect(await placeOf('OneWelcomeCim', '', 'https://cim.example.com:8443/acme', silent)).toContain(':8443')
  })

  it('has the account of the credentials where one base URL serves many', async () => {
    expect(await placeOf('Pigello', '', 'https://api.pigello.example', silent)).toMatch(
      /^https:.*example#[0-9a-f]{16}$/,
    )
  })

  it('is its base URL when it does not know what a service of ours would tell', async () => {
    for (const answer of [
      new Response('<html>', { status: 200 }),
      new Response('{}', { status: 401 }),
      new Response('', { status: 404 }),
    ])
      expect(await placeOf('SecretsVault', '', 'https://vault.example.com/', async () => answer)).toBe(
        'https://vault.example.com',
      )
  })

  it('is not guessed while the system does not answer', async () => {
    const busy = async () => new Response('', { status: 503 })
    await expect(placeOf('SecretsVault', '', 'https://vault.example.com', busy)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
