import { describe, expect, it } from 'vitest'
import type { ChallengeMessage } from '../../../identity/proof/messages.ts'
import { issueChallenge } from '../../../identity/proof/server.ts'
import { AUTH_REQ_ID, JANE, SECRET, STEPS, TENANT, useWorld, type World } from './support.ts'

const world = useWorld()

/** What somebody who asks about a name can see. */
async function ask(username: string, tenantId = TENANT, deps: World['deps'] = world().deps) {
  const client = world().client(tenantId)
  const attempt = await client.begin()
  const request = { tenantId, username, cipherKey: attempt.cipherKey, purpose: 'login', handle: AUTH_REQ_ID } as const
  const answer = await issueChallenge(deps, request)
  return { answer, challenge: await client.open(attempt, answer) }
}

const form = (challenge: ChallengeMessage) =>
  Object.entries(challenge).map(([key, value]) => [key, typeof value === 'string' ? value.length : typeof value])

describe('a challenge for a name without an account', () => {
  it('looks like one for an account', async () => {
    const [known, unknown] = [await ask(JANE.username), await ask('nobody')]
    expect(form(unknown.challenge)).toEqual(form(known.challenge))
    expect(unknown.challenge).toMatchObject({ kdf: known.challenge.kdf, steps: STEPS })
    expect(unknown.answer.proto_version).toBe(known.answer.proto_version)
  })

  it.each(['a', 'nobody', 'x'.repeat(256), 'jane@example.org'])(
    'is as long as one for an account: %s',
    async (name) => {
      const [known, unknown] = [await ask(JANE.username), await ask(name)]
      expect(unknown.answer.challenge_data).toHaveLength(known.answer.challenge_data.length)
    },
  )

  it('is as long as one for an account whose secret was set under another policy', async () => {
    const tenant = { ...world().tenant(TENANT).tenant, steps: { pin: 12 } }
    const deps = { ...world().deps, tenant: async () => tenant }
    const [known, unknown] = [await ask(JANE.username), await ask('nobody', TENANT, deps)]
    expect(unknown.answer.challenge_data).toHaveLength(known.answer.challenge_data.length)
  })

  it('keeps its salt, as an account does', async () => {
    const [one, two] = [await ask('nobody'), await ask('Nobody')]
    expect(one.challenge.salt).toBe(two.challenge.salt)
    expect(one.challenge.n).not.toBe(two.challenge.n)
  })

  it('has a salt of its own for each name and tenant', async () => {
    const asked = [await ask('nobody'), await ask('somebody'), await ask('nobody', 'other-web')]
    expect(new Set(asked.map(({ challenge }) => challenge.salt)).size).toBe(3)
  })

  it('asks for the account once, as one for an account does', async () => {
    const counted = { asked: 0 }
    const account: World['deps']['account'] = (...args) => {
      counted.asked++
      return world().deps.account(...args)
    }
    for (const name of [JANE.username, 'nobody']) await ask(name, TENANT, { ...world().deps, account })
    expect(counted.asked).toBe(2)
  })

  it('cannot be solved', async () => {
    await expect(world().login('nobody', SECRET)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('a request for a challenge', () => {
  const key = { kty: 'EC', crv: 'P-256' }
  it.each([
    ['no key', ''],
    ['no JSON', 'key'],
    ['a key of another curve', JSON.stringify({ ...key, crv: 'P-384', x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['a point beside the curve', JSON.stringify({ ...key, x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['a private key', JSON.stringify({ ...key, x: 'A'.repeat(43), y: 'A'.repeat(43), d: 'A'.repeat(43) })],
    ['a text without end', 'x'.repeat(1_000_000)],
  ])('is refused with %s', async (_what, cipherKey) => {
    const request = { tenantId: TENANT, username: 'jane', cipherKey, purpose: 'login', handle: AUTH_REQ_ID } as const
    await expect(issueChallenge(world().deps, request)).rejects.toMatchObject({ code: 'REJECTED' })
  })
})
