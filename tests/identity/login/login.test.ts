import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoginWorld, openLoginWorld, SECRET, WRONG } from './world.ts'

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

const REFUSED = { status: 401, body: { detail: 'the login was not accepted' } }

describe('a login by PIN and pattern', () => {
  it('gives a ticket that completes the authorization request', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const { status, body } = await world.signIn(tenant)
    expect([status, body]).toEqual([200, { nonce: expect.stringMatching(/^[\w-]{43}$/), need_verify: false }])
  })

  it('is refused with another secret', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    expect(await world.signIn(tenant, 'jane', WRONG)).toMatchObject(REFUSED)
  })

  it('needs a second factor in a tenant with two', async () => {
    const tenant = await world.tenant({ is_2fa: true })
    await world.register(tenant)
    expect((await world.signIn(tenant)).body.need_verify).toBe(true)
  })

  it('is refused for a disabled user', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const user_id = await world.userId(tenant)
    const path = `/v1/tenants/${tenant}/users/${user_id}`
    const { body } = await world.admin('GET', path)
    await world.admin('PUT', path, { ...body, is_disabled: true })
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
  })
})

describe('every failure of authenticate has one answer', () => {
  const body = (answer: object) => answer
  type Solved = Awaited<ReturnType<LoginWorld['solved']>>
  const flipped = (text: string) => `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`

  it.each<[string, (good: Solved) => object]>([
    ['a flipped bit in the proof', (good) => ({ ...good, challenge_data: flipped(good.challenge_data) })],
    ['another name', (good) => ({ ...good, username: 'joe' })],
    ['another challenge', (good) => ({ ...good, challenge_id: 'A'.repeat(22) })],
    ['a challenge id of another form', (good) => ({ ...good, challenge_id: '?' })],
    ['another client key', (good) => ({ ...good, cipherKey: good.cipherKey.replace(/"x":"./, '"x":"_') })],
    ['no key at all', (good) => ({ ...good, cipherKey: '{}' })],
  ])('%s', async (_, tamper) => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const handle = await world.begin(tenant)
    const good = await world.solved(tenant, handle)
    expect(await world.authenticate(handle, body(tamper(good)))).toMatchObject(REFUSED)
  })

  it('a challenge that was used', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const handle = await world.begin(tenant)
    const good = await world.solved(tenant, handle)
    await world.authenticate(handle, good)
    expect(await world.authenticate(handle, good)).toMatchObject(REFUSED)
  })

  it('a challenge that expired', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const handle = await world.begin(tenant)
    const good = await world.solved(tenant, handle)
    world.pass(121)
    expect(await world.authenticate(handle, good)).toMatchObject(REFUSED)
  })

  it('a challenge of another pending login', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const good = await world.solved(tenant, await world.begin(tenant))
    expect(await world.authenticate(await world.begin(tenant), good)).toMatchObject(REFUSED)
  })

  it('a challenge of another tenant, where the same person has the same secret', async () => {
    const [one, two] = [await world.tenant(), await world.tenant()]
    await world.register(one)
    await world.register(two)
    const good = await world.solved(one, await world.begin(one))
    expect(await world.authenticate(await world.begin(two), good)).toMatchObject(REFUSED)
  })

  it('a login that nobody began', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const good = await world.solved(tenant, await world.begin(tenant))
    expect(await world.authenticate('unknown', good)).toMatchObject(REFUSED)
  })

  it('a name that nobody has', async () => {
    const tenant = await world.tenant()
    expect(await world.signIn(tenant, 'nobody')).toMatchObject(REFUSED)
  })
})

describe('a challenge', () => {
  const challenge = async (tenant: string, username: string) => {
    const { cipherKey } = await (await world.client(tenant)).begin()
    const handle = await world.begin(tenant)
    return world.send('POST', `/v1/login/challenge?auth_req_id=${handle}`, { username, cipherKey })
  }

  it('looks the same for a name that nobody has', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const [known, unknown] = [await challenge(tenant, 'jane'), await challenge(tenant, 'nobody')]
    const shape = ({ status, body }: typeof known) => [status, body.proto_version, body.challenge_data.length]
    expect(shape(unknown)).toEqual(shape(known))
  })

  it('is limited in number per address', async () => {
    const handle = await world.begin(await world.tenant())
    const ask = () =>
      world.send(
        'POST',
        `/v1/login/challenge?auth_req_id=${handle}`,
        { username: 'x', cipherKey: '{}' },
        { ip: '192.0.2.77' },
      )
    const answers: Awaited<ReturnType<typeof ask>>[] = []
    for (let i = 0; i < 61; i++) answers.push(await ask())
    const statuses = answers.map((a) => a.status)
    expect([statuses.filter((s) => s === 422).length, statuses.filter((s) => s === 429).length]).toEqual([60, 1])
    expect(answers.find((a) => a.status === 429)?.headers['retry-after']).toBeDefined()
  })

  it('needs a pending login or credentials', async () => {
    const { cipherKey } = await (await world.client(await world.tenant())).begin()
    const { status } = await world.send('POST', '/v1/login/challenge', { username: 'jane', cipherKey })
    expect(status).toBe(422)
  })
})

describe('junk', () => {
  it.each([
    ['an empty body', {}],
    ['an oversized proof', { username: 'j', cipherKey: '{}', challenge_id: 'x', challenge_data: 'x'.repeat(5000) }],
    ['an oversized name', { username: 'j'.repeat(300), cipherKey: '{}', challenge_id: 'x', challenge_data: 'x' }],
    ['a list for a name', { username: ['j'], cipherKey: '{}', challenge_id: 'x', challenge_data: 'x' }],
    [
      'more bit errors than bits',
      {
        username: 'j',
        cipherKey: '{}',
        challenge_id: 'x',
        challenge_data: 'x',
        ber: { ber: { count_bits: 1, error_bits: 2 } },
      },
    ],
    ['no JSON', '{"username"'],
  ])('%s is answered with 422', async (_, body) => {
    const handle = await world.begin(await world.tenant())
    expect((await world.send('POST', `/v1/login/authenticate?auth_req_id=${handle}`, body)).status).toBe(422)
  })

  it('a body of more than a megabyte is not read', async () => {
    expect((await world.send('POST', '/v1/login/authenticate', { username: 'x'.repeat(1_100_000) })).status).toBe(413)
  })
})

describe('guesses', () => {
  it('from one address are stopped, with the time to wait', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const ip = '192.0.2.1'
    for (let i = 0; i < 5; i++) await world.signIn(tenant, 'jane', WRONG, { ip })
    const { status, headers } = await world.signIn(tenant, 'jane', SECRET, { ip })
    expect([status, headers['retry-after']]).toEqual([429, '60'])
  })

  it('in parallel get no further than one by one', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    const tries = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const handle = await world.begin(tenant)
        return { handle, body: await world.solved(tenant, handle, 'jane', WRONG) }
      }),
    )
    const answers = await Promise.all(tries.map((t) => world.authenticate(t.handle, t.body, { ip: '192.0.2.2' })))
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5)
  })

  it('are answered the same for a name that nobody has', async () => {
    const tenant = await world.tenant({ block_config: { user_attempts_limit: 2 } })
    await world.register(tenant)
    const seen = async (name: string) => {
      const answers = []
      for (let i = 0; i < 4; i++) answers.push(await world.signIn(tenant, name, WRONG))
      return answers.map(({ status, body, headers }) => [status, body, headers['retry-after']])
    }
    expect(await seen('nobody')).toEqual(await seen('jane'))
  })
})
