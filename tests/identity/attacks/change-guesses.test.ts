import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ContractWorld, openContractWorld } from '../../conformance/contract/world.ts'
import { openApplication, tokensOf } from '../oidc/application.ts'
import { ADA } from '../oidc/browser.ts'

const LIMIT = 3
const GUESSES = 8

let world: ContractWorld
beforeAll(async () => {
  world = await openContractWorld()
})
afterAll(() => world.close())

describe('a thief with the access token of a person', () => {
  /** A token of jane, whose organization bears few guesses at an account. */
  async function stolenToken(): Promise<string> {
    const { oidc, password } = world
    const { tenant, organization } = await password.tenant()
    const mobile_login = { enabled: true, allowed_login_attempts: LIMIT }
    const login_methods = [{ id: 'username-and-password', enabled: true }]
    await password.cim(organization, { login_methods: { login_methods, mobile_login } })
    const userId = await password.user(tenant)
    const app = await openApplication(oidc, {}, tenant)
    return String((await tokensOf(oidc, app, 'openid', { login: { ...ADA, userId } })).access_token)
  }

  it('guesses the current password in parallel no more often than the account bears', async () => {
    const headers = { authorization: `Bearer ${await stolenToken()}` }
    const guess = (_: unknown, i: number) =>
      world.login.send(
        'POST',
        '/v1/password/text/change',
        { password: `wrong guess number ${i}`, new_password: 'another long password' },
        { headers, ip: `192.0.2.${i + 1}` },
      )
    const answers = await Promise.all(Array.from({ length: GUESSES }, guess))
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect({ verified: count(401), blocked: count(429) }).toEqual({ verified: LIMIT, blocked: GUESSES - LIMIT })
  })
})
