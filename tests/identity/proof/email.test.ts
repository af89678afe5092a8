import { beforeEach, describe, expect, it } from 'vitest'
import type { EmailAnswer } from '../../../identity/proof/messages.ts'
import { authenticateProof, authorizeEmailChange, issueChallenge } from '../../../identity/proof/server.ts'
import { JANE, SECRET, START, TENANT, useWorld } from './support.ts'

const world = useWorld()
beforeEach(() => {
  world().clock.now = START
})
const REFUSED = { code: 'UNAUTHENTICATED', message: 'the login was not accepted' }
const HANDLE = 'session-1'
const NEW_EMAIL = 'jane@example.org'

/** A solved challenge; `asked` is what the challenge was requested for, `proved` what the proof says. */
async function solved(asked: 'login' | 'email', proved: 'login' | 'email') {
  const client = world().client()
  const attempt = await client.begin()
  const { username } = JANE
  const request = { tenantId: TENANT, username, cipherKey: attempt.cipherKey, purpose: asked, handle: HANDLE }
  const challenge = await client.open(attempt, await issueChallenge(world().deps, request))
  const occasion =
    proved === 'login' ? { purpose: proved, handle: HANDLE } : { purpose: proved, handle: HANDLE, newEmail: NEW_EMAIL }
  const { challenge_id, challenge_data } = await client.answer(attempt, challenge, username, SECRET, occasion)
  const answer = { tenantId: TENANT, handle: HANDLE, challengeId: challenge_id, challengeData: challenge_data }
  return { answer, cipherKey: attempt.cipherKey }
}

const emailAnswer = async (changed: Partial<EmailAnswer> = {}): Promise<EmailAnswer> => {
  const { answer } = await solved('email', 'email')
  return { ...answer, userId: JANE.userId, newEmail: NEW_EMAIL, ...changed }
}

describe('a change of the e-mail address', () => {
  it('is allowed by a solved challenge', async () => {
    expect(await authorizeEmailChange(world().deps, await emailAnswer())).toEqual({ userId: JANE.userId })
  })

  it.each([
    ['another address', { newEmail: 'thief@example.org' }],
    ['another user', { userId: 'u-other' }],
    ['another session', { handle: 'session-2' }],
    ['another tenant', { tenantId: 'other-web' }],
  ])('is refused for %s', async (_what, changed) => {
    const answer = await emailAnswer(changed)
    await expect(authorizeEmailChange(world().deps, answer)).rejects.toMatchObject(REFUSED)
  })

  it('is allowed once', async () => {
    const answer = await emailAnswer()
    await authorizeEmailChange(world().deps, answer)
    await expect(authorizeEmailChange(world().deps, answer)).rejects.toMatchObject(REFUSED)
  })
})

describe('purposes do not mix', () => {
  it.each([
    ['email', 'login'],
    ['login', 'email'],
    ['login', 'login'],
  ] as const)('asked for %s, proved for %s: no change of the address', async (asked, proved) => {
    const { answer } = await solved(asked, proved)
    const request = { ...answer, userId: JANE.userId, newEmail: NEW_EMAIL }
    await expect(authorizeEmailChange(world().deps, request)).rejects.toMatchObject(REFUSED)
  })

  it.each([
    ['email', 'login'],
    ['login', 'email'],
    ['email', 'email'],
  ] as const)('asked for %s, proved for %s: no login', async (asked, proved) => {
    const { answer, cipherKey } = await solved(asked, proved)
    const request = { ...answer, username: JANE.username, cipherKey }
    await expect(authenticateProof(world().deps, request)).rejects.toMatchObject(REFUSED)
  })
})
