import { describe, expect, it } from 'vitest'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import { document, Road, VirtualClock } from '../support/world.ts'

/** A kind that is found again by its id only: a create that may have happened must not be repeated. */
const DOCUMENTS = [
  document('Connection', 'pigello', {
    system: 'Pigello',
    endpoint: 'embedded',
    organizationRef: { id: 'acme' },
    credentials: Object.fromEntries(CREDENTIALS.Pigello.map((name) => [name, { fromEnv: 'HEADER' }])),
  }),
  document('SecurityConfiguration', 'rules', { connectionRef: { name: 'pigello' }, customers: { bankId: true } }),
]

const CREATED = { id: 'a1', customers_can_use_bankid_login: true }
const answer = (status: number, body: unknown) => async () => new Response(JSON.stringify(body), { status })
const fails = (code: string) => () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) }))

/** What becomes of the second apply when the first create was answered like that. */
async function secondApplyAfter(first: typeof fetch) {
  let respond = first
  const road = new Road({
    systems: SYSTEMS,
    clock: new VirtualClock(),
    embedded: (input, init) => (init?.method === 'GET' ? answer(200, CREATED)() : respond(input, init)),
  })
  road.env = { HEADER: 'value' }
  const [outcome] = await road.apply(DOCUMENTS)
  respond = answer(201, CREATED)
  const [again] = await road.apply(DOCUMENTS)
  return { first: outcome?.status, second: again?.status, because: again?.error?.message }
}

describe('a create of an object that is found again by its id only', () => {
  it.each([
    301, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 421, 422, 423, 426, 429, 431, 451,
  ])('is done by the next apply when it was refused with %i', async (status) => {
    expect(await secondApplyAfter(answer(status, {}))).toEqual({ first: 'failed', second: 'done' })
  })

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED'])(
    'is done by the next apply when %s kept it',
    async (code) => {
      expect(await secondApplyAfter(fails(code))).toEqual({ first: 'failed', second: 'done' })
    },
  )

  it.each([200, 302, 303, 408, 425, 499, 500, 502, 503, 504])(
    'is not repeated after %i: it may have happened',
    async (status) => {
      const { second, because } = await secondApplyAfter(answer(status, {}))
      expect({ second, because }).toEqual({ second: 'failed', because: expect.stringContaining('never arrived') })
    },
  )

  it('is not repeated after a lost answer', async () => {
    expect(await secondApplyAfter(fails('ECONNRESET'))).toMatchObject({ second: 'failed' })
  })
})
