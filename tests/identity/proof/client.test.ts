import { CompactSign, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { readCipherKey } from '../../../identity/proof/cipher-key.ts'
import { ProofClient } from '../../../identity/proof/client.ts'
import { KDF, KDF_CEILING } from '../../../identity/proof/kdf.ts'
import type { ChallengeMessage } from '../../../identity/proof/messages.ts'
import { type SigningKey, signChallenge } from '../../../identity/proof/sealing.ts'
import { AUTH_REQ_ID, cheapArgon2id, JANE, PROTOCOL_NAME, SECRET, START, STEPS, TENANT, useWorld } from './support.ts'

const world = useWorld()
const LOGIN = { purpose: 'login', handle: AUTH_REQ_ID } as const

const challenge = (changed: Partial<ChallengeMessage> = {}): ChallengeMessage => ({
  challenge_id: 'A'.repeat(22),
  n: 'A'.repeat(43),
  exp: START.getTime() / 1000 + 120,
  kdf: KDF,
  salt: 'A'.repeat(22),
  steps: STEPS,
  kid: 'enc-1',
  ...changed,
})

/** What the client says to a challenge of a server that may break the rules. */
async function received(signed: (text: string) => Promise<string>, message: object = challenge()) {
  const client = world().client()
  const attempt = await client.begin()
  const jws = await signed(JSON.stringify(message))
  const publicKey = await importPublic(attempt.cipherKey)
  const challenge_data = await world().tools.seal(jws, { kid: attempt.thumbprint, publicKey })
  const opened = client.open(attempt, { challenge_data, proto_version: PROTOCOL_NAME })
  return { client, attempt, opened }
}

const importPublic = async (cipherKey: string) => (await readCipherKey(cipherKey)).publicKey
const own = (text: string) => signChallenge(text, world().tenant(TENANT).tenant.signing)

describe('the client takes a challenge', () => {
  it('that the tenant signed', async () => {
    const { opened } = await received(own)
    expect(await opened).toEqual(challenge())
  })
})

describe('the client refuses a challenge', () => {
  it('that another tenant signed', async () => {
    const { opened } = await received((text) => signChallenge(text, world().tenant('other-web').tenant.signing))
    await expect(opened).rejects.toThrow('signed')
  })

  it('that was signed for something else', async () => {
    const { privateKey } = world().tenant(TENANT).tenant.signing
    const token = (text: string) =>
      new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'EdDSA', kid: 'sig-1' })
        .sign(privateKey)
    const { opened } = await received(token)
    await expect(opened).rejects.toThrow('signed')
  })

  it('that is signed by an algorithm beside the list', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const { opened } = await received((text) =>
      signChallenge(text, { kid: 'sig-1', alg: 'ES256', privateKey } as never),
    )
    await expect(opened).rejects.toThrow('signed')
  })

  it('that is not signed', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'sv-challenge' })).toString('base64url')
    const { opened } = await received(async (text) => `${header}.${Buffer.from(text).toString('base64url')}.`)
    await expect(opened).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('that has expired, beyond the tolerated difference of clocks', async () => {
    const { opened } = await received(own, challenge({ exp: START.getTime() / 1000 - 61 }))
    await expect(opened).rejects.toThrow('expired')
  })

  it('that was sealed to another attempt', async () => {
    const { client, attempt } = await received(own)
    const other = await client.begin()
    const jws = await own(JSON.stringify(challenge()))
    const key = { kid: other.thumbprint, publicKey: await importPublic(other.cipherKey) }
    const challenge_data = await world().tools.seal(jws, key)
    await expect(client.open(attempt, { challenge_data, proto_version: PROTOCOL_NAME })).rejects.toThrow('opened')
  })

  it.each([
    ['a field is missing', { n: undefined }],
    ['a field is new', { extra: 1 }],
    ['no step is asked for', { steps: {} }],
    ['a size is beyond the protocol', { steps: { pin: 99 } }],
  ])('in which %s', async (_what, changed) => {
    const { opened } = await received(own, { ...challenge(), ...changed })
    await expect(opened).rejects.toThrow('form')
  })
})

describe('the client derives nothing', () => {
  it.each([
    ['less memory', { m: 8 }],
    ['fewer passes', { t: 1 }],
    ['one lane', { p: 1 }],
    ['memory without end', { m: KDF_CEILING.m + 1 }],
  ])('when the server asks for %s', async (_what, changed) => {
    let derived = 0
    const tools = {
      ...world().tools,
      argon2id: (input: Parameters<typeof cheapArgon2id>[0]) => {
        derived++
        return cheapArgon2id(input)
      },
    }
    const { attempt, opened } = await received(own, challenge({ kdf: { ...KDF, ...changed } }))
    const client = new ProofClient(tools, { tenantId: TENANT, jwks: world().tenant(TENANT).jwks })
    const answer = client.answer(attempt, await opened, JANE.username, SECRET, LOGIN)
    await expect(answer).rejects.toThrow('key derivation')
    expect(derived).toBe(0)
  })
})

describe('the client seals', () => {
  it('to no key that the tenant does not publish', async () => {
    const { client, attempt, opened } = await received(own, challenge({ kid: 'enc-9' }))
    await expect(client.answer(attempt, await opened, JANE.username, SECRET, LOGIN)).rejects.toThrow('key set')
  })
})

describe('a challenge signed with RS256', () => {
  it('is as good, and of constant size', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const key: SigningKey = { kid: 'sig-2', alg: 'RS256', privateKey }
    const [short, long] = [challenge(), challenge({ kid: 'x'.repeat(64), steps: { pin: 12 } })]
    const sizes = await Promise.all(
      [short, long].map(async (c) => (await signChallenge(JSON.stringify(c), key)).length),
    )
    expect(sizes[0]).toBe(sizes[1])
  })
})
