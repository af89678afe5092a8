import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PlumblineError } from '../../../config/errors.ts'
import { fromBase64url, toBase64url } from '../../../identity/proof/encoding.ts'
import { openSealed } from '../../../identity/proof/sealing.ts'
import { isPattern, type LoginSecret } from '../../../identity/proof/secret-bytes.ts'
import { authenticateProof, CHALLENGE_SECONDS, issueChallenge } from '../../../identity/proof/server.ts'
import { AUTH_REQ_ID, JANE, SECRET, START, TENANT, useWorld } from './support.ts'

/** All that a caller can see of a refusal. */
const REFUSED = {
  code: 'UNAUTHENTICATED',
  message: 'the login was not accepted',
  retry: 'never',
  stops: undefined,
  help: undefined,
  cause: undefined,
}
const seen = ({ code, message, retry, stops, help, cause }: PlumblineError) => ({
  code,
  message,
  retry,
  stops,
  help,
  cause,
})
const expectRefused = async (login: Promise<unknown>) =>
  expect(await login.then(() => 'accepted', seen)).toStrictEqual(REFUSED)

const world = useWorld()
beforeEach(() => {
  world().clock.now = START
})

const pin = fc.stringMatching(/^[0-9]{6}$/)
const pattern = fc
  .shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 4 })
  .filter((cells) => isPattern(3, cells))
const secrets: fc.Arbitrary<LoginSecret> = fc.record({ pin, pattern })

describe('a login', () => {
  it('succeeds with the secret of the sign-up, whatever the secret is', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        await world().enrol({ userId: 'u-any', username: 'any' }, secret)
        expect(await world().login('any', secret)).toEqual({ userId: 'u-any' })
      }),
      { numRuns: 25 },
    )
  })

  it('fails with any other secret', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        fc.pre(JSON.stringify(secret) !== JSON.stringify(SECRET))
        await expectRefused(world().login(JANE.username, secret))
      }),
      { numRuns: 25 },
    )
  })

  it('finds the account by another letter case of the name', async () => {
    expect(await world().login('JANE')).toEqual({ userId: JANE.userId })
  })

  it('fails for a name that nobody has', async () => {
    await expectRefused(world().login('nobody'))
  })
})

describe('a challenge', () => {
  it('is spent by a success', async () => {
    const answer = await world().loginAnswer()
    await authenticateProof(world().deps, answer)
    await expectRefused(authenticateProof(world().deps, answer))
  })

  it('is spent by a failure', async () => {
    const good = await world().loginAnswer()
    await expectRefused(authenticateProof(world().deps, { ...good, challengeData: 'a.a.a.a.a' }))
    await expectRefused(authenticateProof(world().deps, good))
  })

  it('answered many times at once lets exactly one in', async () => {
    const answer = await world().loginAnswer()
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => authenticateProof(world().deps, answer)))
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1)
    for (const o of outcomes) if (o.status === 'rejected') expect(seen(o.reason)).toStrictEqual(REFUSED)
  })

  it('runs out', async () => {
    const answer = await world().loginAnswer()
    world().clock.now = new Date(START.getTime() + CHALLENGE_SECONDS * 1000)
    await expectRefused(authenticateProof(world().deps, answer))
  })

  it('serves until it runs out', async () => {
    const answer = await world().loginAnswer()
    world().clock.now = new Date(START.getTime() + (CHALLENGE_SECONDS - 1) * 1000)
    expect(await authenticateProof(world().deps, answer)).toEqual({ userId: JANE.userId })
  })
})

describe('an answer made for something else fails', () => {
  it.each([
    ['another authorization request', { handle: 'auth-req-2' }],
    ['another user', { username: 'other' }],
    ['the same name in another letter case', { username: 'jane' }],
    ['another tenant', { tenantId: 'other-web' }],
  ])('%s', async (_what, changed) => {
    await world().enrol({ userId: 'u-other', username: 'other' })
    await world().enrol(JANE, SECRET, 'other-web')
    const answer = await world().loginAnswer()
    await expectRefused(authenticateProof(world().deps, { ...answer, ...changed }))
  })

  it('another authorization request, though client and proof agree on it', async () => {
    const answer = await world().loginAnswer(JANE.username, SECRET, TENANT, 'auth-req-2')
    await expectRefused(authenticateProof(world().deps, answer))
  })

  it('another challenge, by the id that is sealed with a good proof', async () => {
    const answer = await world().loginAnswer()
    const { sealing } = world().tenant(TENANT).tenant
    const proof = JSON.parse(await openSealed(answer.challengeData, 4096, sealing))
    const challengeData = await world().sealToServer(JSON.stringify({ ...proof, challenge_id: 'A'.repeat(22) }))
    await expectRefused(authenticateProof(world().deps, { ...answer, challengeData }))
  })

  it('another attempt of the same user: C, id and proof do not mix', async () => {
    for (const part of ['cipherKey', 'challengeId', 'challengeData'] as const) {
      const [one, two] = [await world().loginAnswer(), await world().loginAnswer()]
      await expectRefused(authenticateProof(world().deps, { ...one, [part]: two[part] }))
    }
  })
})

describe('any flipped bit', () => {
  const parts = ['handle', 'username', 'cipherKey', 'challengeId', 'challengeData'] as const

  it.each(parts)('in %s of the answer makes the login fail', async (part) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(6), async (at, bit) => {
        const answer = await world().loginAnswer()
        const request = { ...answer, [part]: flip(answer[part], at, bit) }
        await expectRefused(authenticateProof(world().deps, request))
      }),
      { numRuns: 40 },
    )
  })

  it.each(['challenge_data', 'proto_version'] as const)('in %s makes the client refuse the challenge', async (part) => {
    const client = world().client()
    const attempt = await client.begin()
    const request = { tenantId: TENANT, username: 'jane', cipherKey: attempt.cipherKey, purpose: 'login' } as const
    const challenge = await issueChallenge(world().deps, { ...request, handle: AUTH_REQ_ID })
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(6), async (at, bit) => {
        const tampered = { ...challenge, [part]: flip(challenge[part], at, bit) }
        await expect(client.open(attempt, tampered)).rejects.toMatchObject({ code: 'REJECTED' })
      }),
      { numRuns: 80 },
    )
  })

  it('at the unused end of base64url is seen too', () => {
    const text = toBase64url(new Uint8Array(16))
    expect(() => fromBase64url(`${text.slice(0, -1)}B`)).toThrow('canonical')
  })
})

/** The text with one bit of one letter flipped. */
function flip(text: string, at: number, bit: number): string {
  const i = at % text.length
  return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1)
}

describe('junk', () => {
  const junk = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(1_000_000)), fc.jsonValue())

  it.each(['username', 'cipherKey', 'challengeId', 'challengeData', 'handle'])(
    'in %s is refused like a wrong secret',
    async (part) => {
      await fc.assert(
        fc.asyncProperty(junk, async (value) => {
          const answer = await world().loginAnswer()
          await expectRefused(authenticateProof(world().deps, { ...answer, [part]: value } as never))
        }),
        { numRuns: 25 },
      )
    },
  )

  it.each([null, undefined, 3, 'text', [], {}])(
    '%j as the whole answer is refused like a wrong secret',
    async (value) => {
      await expectRefused(authenticateProof(world().deps, value as never))
    },
  )
})

describe('a fault of the server', () => {
  it('is not taken for a wrong secret', async () => {
    const answer = await world().loginAnswer()
    const deps = { ...world().deps, masterKey: new Uint8Array(32) }
    await expect(
      authenticateProof({ ...deps, account: async () => ({ userId: 'u', commitment: 'damaged' }) }, answer),
    ).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})
