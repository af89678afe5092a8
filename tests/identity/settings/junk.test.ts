import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Operation, openContract } from './contract.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from './runtime.ts'

const RUNS = 60
const CREDENTIALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pigello: Object.fromEntries(
    Object.entries(ACCESS.pigello).map(([name, value]) => [`x-pigello-${name.replaceAll('_', '-')}`, value]),
  ),
  cim: { authorization: `Basic ${Buffer.from('cim:MARKED:cim').toString('base64')}` },
  navixy: { authorization: `NVX ${ACCESS.navixy.hash}` },
}
const FILES = { pigello: 'pigello', cim: 'onewelcome-cim', navixy: 'navixy', sailpoint: 'sailpoint' } as const
const PARAMETERS = /\{[^}]+\}/g

let runtime: Runtime
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())

/** The example with one of its values replaced by any JSON value: near enough to a good body to get past the first checks. */
function nearly(example: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(example) && example.length > 0)
    return fc.oneof(
      fc.jsonValue(),
      nearly(example[0]).map((item) => [item, ...example.slice(1)]),
    )
  if (typeof example !== 'object' || example === null) return fc.jsonValue()
  const keys = Object.keys(example).filter((key) => key !== 'configuration_api_enabled')
  if (keys.length === 0) return fc.jsonValue()
  const field = fc
    .constantFrom(...keys)
    .chain((key) => nearly((example as Record<string, unknown>)[key]).map((value) => ({ ...example, [key]: value })))
  return fc.oneof({ weight: 1, arbitrary: fc.jsonValue() }, { weight: 5, arbitrary: field })
}

async function headersOf(api: string, base: string): Promise<Readonly<Record<string, string>>> {
  const known = CREDENTIALS[api]
  if (known) return known
  const { client_id, client_secret } = ACCESS.sailpoint
  const query = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
  const answer = await runtime.call({ method: 'POST', path: `${base}/oauth/token?${query}` })
  return { authorization: `Bearer ${answer.json.access_token}` }
}

describe.each(Object.entries(FILES))('the %s API', (api, file) => {
  const { operations } = openContract(`${file}.openapi.yaml`, (call) => runtime.call(call))
  const writes = operations.filter((o) => o.example !== undefined).map((o): [string, Operation] => [o.id, o])

  it.each(writes)('never answers 500 to a body of %s, and stays readable', async (_, operation) => {
    const base = `/orgs/${(await newOrganization(runtime)).organization_id}/${api}`
    const headers = await headersOf(api, base)
    const path = base + operation.path.replaceAll(PARAMETERS, 'nl')
    await fc.assert(
      fc.asyncProperty(nearly(operation.example), async (body) => {
        const answer = await runtime.call({ method: operation.method, path, headers, body: JSON.stringify(body) })
        expect(answer.status, answer.text).toBeLessThan(500)
      }),
      { numRuns: RUNS },
    )
    for (const { method, path: readable } of operations.filter((o) => o.method === 'GET' && !o.path.includes('{')))
      expect((await runtime.call({ method, path: base + readable, headers })).status).toBe(200)
  })

  it('never answers 500 to bytes that are no JSON', async () => {
    const base = `/orgs/${(await newOrganization(runtime)).organization_id}/${api}`
    const headers = await headersOf(api, base)
    const [operation] = writes[0] ? [writes[0][1]] : []
    const path = base + (operation?.path ?? '').replaceAll(PARAMETERS, 'nl')
    await fc.assert(
      fc.asyncProperty(fc.string(), async (body) => {
        const answer = await runtime.call({ method: operation?.method ?? 'POST', path, headers, body })
        expect(answer.status, answer.text).toBeLessThan(500)
      }),
      { numRuns: RUNS },
    )
  })
})
