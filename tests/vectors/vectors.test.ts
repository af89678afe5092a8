import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ristretto255 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { VECTOR_FILE, vectorText } from './generate.ts'

const published = JSON.parse(await readFile(VECTOR_FILE, 'utf8'))
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const { Point } = ristretto255

// Written again from the notes to the contract, without the project's own code.
const lp = (...parts: Buffer[]) =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
const bytes = (hexadecimal: string) => Buffer.from(hexadecimal, 'hex')
const number = (hexadecimal: string) => BigInt(`0x${bytes(hexadecimal).reverse().toString('hex')}`)
const base64url = (text: string) => Buffer.from(text, 'base64url')

const CASES = ['register', 'reset', 'change', 'login', 'email'] as const

describe('the published vectors', () => {
  it('are what the code makes today (else run `npx tsx tests/vectors/generate.ts`)', async () => {
    expect(await readFile(VECTOR_FILE, 'utf8')).toBe(await vectorText())
  })

  it.each(CASES)('%s: the challenge is the hash that the notes describe', (name) => {
    const { context, A, V, c_wide } = published[name]
    const { tenant, user, protocol } = published
    const texts = [protocol, name].map((text) => Buffer.from(text))
    const G = Buffer.from(Point.BASE.toBytes())
    const names = [tenant.tenant_id, user.username].map((text: string) => Buffer.from(text))
    const input = lp(...texts, G, bytes(V), bytes(A), ...names, bytes(context))
    expect(createHash('sha512').update(input).digest('hex')).toBe(c_wide)
  })

  it.each(CASES)('%s: V = r*G + c*A', (name) => {
    const { A, V, r, c_wide } = published[name]
    const c = number(c_wide) % L
    const sum = Point.BASE.multiply(number(r)).add(Point.fromHex(A).multiply(c))
    expect(sum.toHex()).toBe(V)
  })

  it.each(['register', 'reset', 'change'] as const)('%s: the context binds handle and jti', (name) => {
    const { context, occasion, message } = published[name]
    const handle = Buffer.from(occasion.handle)
    const bound = name === 'reset' ? createHash('sha256').update(handle).digest() : handle
    expect(lp(bound, Buffer.from(message.jti)).toString('hex')).toBe(context)
  })

  it.each(['login', 'email'] as const)('%s: the context binds challenge, key, handle and new address', (name) => {
    const { context, challenge, C, occasion } = published[name]
    const parts = [Buffer.from(challenge.challenge_id), base64url(challenge.n), Buffer.from(C.thumbprint)]
    const address = name === 'email' ? [Buffer.from(occasion.newEmail)] : []
    expect(lp(...parts, Buffer.from(occasion.handle), ...address).toString('hex')).toBe(context)
  })

  it.each(published.derivation as { argon2id: string; a: string }[])('a is Argon2id mod L, little-endian', (given) => {
    expect((number(given.argon2id) % L).toString(16).padStart(64, '0')).toBe(given.a)
  })

  it.each(CASES)('%s: the message carries the proof', (name) => {
    const { message, V, r } = published[name]
    expect([message.V, message.r].map((text: string) => base64url(text).toString('hex'))).toEqual([V, r])
  })
})
