import { CompactEncrypt, exportJWK, generateKeyPair, generateSecret } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type OpeningKey,
  openSealed,
  type SealingKey,
  sealForClient,
  signChallenge,
  verifyChallenge,
} from '../../../identity/proof/sealing.ts'

type Pair = OpeningKey & SealingKey
let [old, current]: Pair[] = []
const keyPair = async (kid: string): Promise<Pair> => ({ kid, ...(await generateKeyPair('ECDH-ES', { crv: 'P-256' })) })
const text = 'a message'
const keys = () => [current, old] as Pair[]

beforeAll(async () => {
  old = await keyPair('old')
  current = await keyPair('current')
})

const jwe = (header: object, key: unknown) =>
  new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'current', ...header } as never)
    .encrypt(key as never)

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The same bytes in other letters: the last letter's lowest bit is not used by 16 or 64 bytes. */
const respelled = (compact: string) => compact.slice(0, -1) + LETTERS[LETTERS.indexOf(compact.slice(-1)) ^ 1]

describe('a signed challenge', () => {
  it('has one spelling: the unused bits at its end are zero', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 's' }] }
    const jws = await signChallenge(text, { kid: 's', alg: 'EdDSA', privateKey })
    expect((await verifyChallenge(jws, 2000, jwks)).trimEnd()).toBe(text)
    await expect(verifyChallenge(respelled(jws), 2000, jwks)).rejects.toThrow('canonical')
  })
})

describe('a sealed message', () => {
  it('opens with its key', async () => {
    expect(await openSealed(await sealForClient(text, current as Pair), 1000, keys())).toBe(text)
  })

  it('opens after a rotation, while the old key is kept', async () => {
    const before = await sealForClient(text, old as Pair)
    expect(await openSealed(before, 1000, keys())).toBe(text)
    await expect(openSealed(before, 1000, [current as Pair])).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('does not open with another key of the same name', async () => {
    const other = await keyPair('current')
    await expect(openSealed(await sealForClient(text, current as Pair), 1000, [other])).rejects.toThrow('damaged')
  })

  it('has one spelling: the unused bits at its end are zero', async () => {
    const sealed = await sealForClient(text, current as Pair)
    await expect(openSealed(respelled(sealed), 1000, keys())).rejects.toThrow('canonical')
  })

  it('is not looked at when it is too long', async () => {
    await expect(openSealed('x'.repeat(1001), 1000, keys())).rejects.toThrow('too long')
  })

  it.each([
    ['another content encryption', { enc: 'A128GCM' }],
    ['a wrapped key', { alg: 'ECDH-ES+A256KW' }],
    ['compression', { zip: 'DEF' }],
    ['party information', { apu: 'AAAA' }],
    ['no key id', { kid: undefined }],
  ])('is refused with %s', async (_what, header) => {
    const sealed = await jwe(header, (current as Pair).publicKey)
    await expect(openSealed(sealed, 1000, keys())).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('is refused when made with a shared key', async () => {
    const sealed = await jwe({ alg: 'dir' }, await generateSecret('A256GCM'))
    await expect(openSealed(sealed, 1000, keys())).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it.each(['', '.', '....', 'a.b.c.d.e', '.'.repeat(500), '{"alg":"ECDH-ES"}'])('%j is refused', async (junk) => {
    await expect(openSealed(junk, 1000, keys())).rejects.toMatchObject({ code: 'REJECTED' })
  })
})
