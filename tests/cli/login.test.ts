import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWERS, openSignIn, PATTERN, PIN } from './sign-in.ts'

let place: Awaited<ReturnType<typeof openSignIn>>
beforeAll(async () => {
  place = await openSignIn()
})
afterAll(() => place.close())

const login = (input: string, ...args: readonly string[]) => place.answer(input, ...args)

describe('login', () => {
  it('says who signed in and what the ID token says, and shows no token and no secret', async () => {
    const { code, stdout, stderr } = await login(ANSWERS, '--format', 'json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      username: 'jane',
      issuer: place.issuer,
      client_id: 'cli',
      sub: place.userId,
      acr: 'urn:plumbline:acr:single-factor',
      amr: ['pin'],
      auth_time: expect.stringMatching(/^\d{4}-/),
      expires_at: expect.stringMatching(/^\d{4}-/),
      scope: 'openid profile',
    })
  })

  it('writes the same for people', async () => {
    const { code, stdout } = await login(ANSWERS)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^username +jane\n/)
    expect(stdout).toContain(place.userId)
  })

  it('prints the access token alone when asked to, and the token is good', async () => {
    const { stdout } = await login(ANSWERS, '--token')
    const headers = { authorization: `Bearer ${stdout.trim()}` }
    const info = await (await fetch(`${place.url}/v1/userinfo`, { headers })).json()
    expect(info).toMatchObject({ sub: place.userId, username: 'jane' })
  })

  it('ends with 1 when the PIN is wrong', async () => {
    const { code, stdout, stderr } = await login(`204862\n${PATTERN.join(' ')}\n`)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe('error the login was not accepted\n')
  })

  it.each([
    ['', "no answer to 'PIN (6 digits):'"],
    ['12\n0 1 2 5\n', 'the PIN has to be 6 digits'],
    [`${PIN}\n0 2 x\n`, 'the pattern has to join at least'],
  ])('says what is wrong with the answers %j', async (input, message) => {
    const { code, stderr } = await login(input)
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
  })

  it.each([
    ['http://login.example.com/acme/oidc', 'by https'],
    ['https://login.example.com/', 'has to look like'],
    ['login', 'is no address'],
  ])('does not even try the issuer %s', async (address, message) => {
    const { code, stderr } = await login(ANSWERS, '--issuer', address)
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
  })

  it('says that a client is not registered for it', async () => {
    const { code, stderr } = await login(ANSWERS, '--client', 'web')
    expect([code, stderr]).toEqual([1, expect.stringContaining('plumbline login --help')])
  })
})
