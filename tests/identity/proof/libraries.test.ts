import { ristretto255 } from '@noble/curves/ed25519.js'
import { argon2id as reference } from '@noble/hashes/argon2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argon2id as browser } from '../../../identity/proof/argon2-browser.ts'
import { argon2id as node } from '../../../identity/proof/argon2-node.ts'
import { KDF } from '../../../identity/proof/kdf.ts'
import { decodePoint } from '../../../identity/proof/schnorr.ts'

describe('ristretto255 of @noble/curves', () => {
  // RFC 9496, appendix A.1
  it.each([
    [1n, 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'],
    [2n, '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919'],
    [3n, '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259'],
    [4n, 'da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57'],
    [5n, 'e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e'],
    [15n, 'e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e'],
  ])('%s times the generator is what RFC 9496 says', (factor, encoding) => {
    expect(bytesToHex(ristretto255.Point.BASE.multiply(factor).toBytes())).toBe(encoding)
  })

  // RFC 9496, appendix A.2
  it.each([
    ['a field element that is not canonical', `00${'ff'.repeat(31)}`],
    ['a field element that is not canonical', `ed${'ff'.repeat(30)}7f`],
    ['a negative field element', `01${'00'.repeat(31)}`],
    ['a negative field element', 'ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20'],
    ['a square root that does not exist', '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'],
    ['a square root that does not exist', '4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f'],
    ['y = 0', `ec${'ff'.repeat(30)}7f`],
    ['the identity', '00'.repeat(32)],
  ])('%s is not decoded: %s', (_why, encoding) => {
    expect(decodePoint(hexToBytes(encoding))).toBeUndefined()
  })

  it('knows the order L of RFC 9496, section 4', () => {
    expect(ristretto255.Point.Fn.ORDER).toBe(2n ** 252n + 27742317777372353535851937790883648493n)
  })
})

describe('Argon2id', () => {
  it('of @noble/hashes gives the tag of RFC 9106, section 5.3', () => {
    const [password, salt] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)]
    const options = { m: 32, t: 3, p: 4, dkLen: 32, key: new Uint8Array(8).fill(3) }
    const tag = reference(password, salt, { ...options, personalization: new Uint8Array(12).fill(4) })
    expect(bytesToHex(tag)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  })

  it.each([
    ['Node', node],
    ['the browser', browser],
  ])('for %s agrees with it', async (_where, argon2id) => {
    const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
    await fc.assert(
      fc.asyncProperty(bytes(1, 64), bytes(16, 16), async (secret, salt) => {
        const expected = reference(secret, salt, { m: 64, t: 3, p: 4, dkLen: 64 })
        const kdf = { ...KDF, m: 64 }
        expect(await argon2id({ secret, salt, kdf, length: 64 })).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  it('is the same in the browser and in Node at full cost', async () => {
    const input = { secret: Uint8Array.of(1, 2, 3), salt: new Uint8Array(16), kdf: KDF, length: 64 }
    expect(await browser(input)).toEqual(await node(input))
  })
})
