import { CompactEncrypt, generateKeyPair, generateSecret } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type OpeningKey, openSealed, type SealingKey, seal } from '../../../identity/proof/sealing.ts'

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

describe('a sealed message', () => {
  it('opens with its key', async () => {
    expect(await openSealed(await seal(text, current as Pair), 1000, keys())).toBe(text)
  })

  it('opens after a rotation, while the old key is kept', async () => {
    const before = await seal(text, old as Pair)
    expect(await openSealed(before, 1000, keys())).toBe(text)
    await expect(openSealed(before, 1000, [current as Pair])).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('does not open with another key of the same name', async () => {
    const other = await keyPair('current')
    await expect(openSealed(await seal(text, current as Pair), 1000, [other])).rejects.toThrow('damaged')
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
