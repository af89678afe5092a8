import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND } from '../command.ts'
import { type Application, openApplication } from '../identity/oidc/application.ts'
import { signUp } from '../identity/oidc/sign-up.ts'
import { type OidcWorld, openOidcWorld } from '../identity/oidc/world.ts'

const PIN = '204861'
const PATTERN = [0, 1, 2, 5, 8]
const JANE = { username: 'jane', steps: { pin: 6, pattern: 3 }, secret: { pin: PIN, pattern: PATTERN } } as const
const ANSWERS = `${PIN}\n${PATTERN.join(' ')}\n`

let world: OidcWorld
let app: Application
let userId: string
beforeAll(async () => {
  world = await openOidcWorld()
  const tenant = await world.tenant({ register_enable: true, use_pin: true, use_pattern: true })
  const redirect_uris = ['http://127.0.0.1/callback']
  await world.client(tenant, { client_id: 'cli', client_type: 'public', redirect_uris })
  app = await openApplication(world, { register_enable: true }, tenant)
  userId = await signUp(world, app, JANE)
})
afterAll(() => world.close())

const issuer = () => `${world.url}/${app.tenant}/oidc`

/** Runs the command with answers on its standard input, away from a terminal. */
async function login(input: string, ...args: readonly string[]) {
  const all = ['login', '--issuer', issuer(), '--client', 'cli', '--username', 'jane', ...args]
  const child = spawn(process.execPath, [...COMMAND, ...all], { stdio: 'pipe' })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

describe('login', () => {
  it('says who signed in and what the ID token says, and shows no token and no secret', async () => {
    const { code, stdout, stderr } = await login(ANSWERS, '--format', 'json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      username: 'jane',
      issuer: issuer(),
      client_id: 'cli',
      sub: userId,
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
    expect(stdout).toContain(userId)
  })

  it('prints the access token alone when asked to, and the token is good', async () => {
    const { stdout } = await login(ANSWERS, '--token')
    const headers = { authorization: `Bearer ${stdout.trim()}` }
    const info = await (await fetch(`${world.url}/v1/userinfo`, { headers })).json()
    expect(info).toMatchObject({ sub: userId, username: 'jane' })
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
