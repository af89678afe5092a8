import { createCipheriv, pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { PlumblineError } from '../../config/errors.ts'

/**
 * Hashes of passwords that other systems made, as one line of text each:
 * - `$2a$`, `$2b$`, `$2y$`: bcrypt in its own form
 * - `$argon2id$v=19$m=…,t=…,p=…$salt$hash` and `$argon2i$`: PHC strings, which the library for our own ones reads
 * - `$pbkdf2-sha256$i=…$salt$hash`, also `sha1` and `sha512`
 * - `$scrypt$ln=…,r=…,p=…$salt$hash`
 * - `$firebase-scrypt$ln=…,r=…$salt$separator$key$hash`
 * Salts, keys and hashes are Base64 without padding, as in PHC strings.
 */
interface Format {
  readonly pattern: RegExp
  /** Whether the parameters cost no more than a sign-in may. */
  readonly isBearable: (parts: readonly string[]) => boolean
  readonly matches: (password: string, parts: readonly string[], whole: string) => Promise<boolean>
}

const derive = promisify(pbkdf2)
const deriveScrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

const B64 = '([A-Za-z0-9+/]{2,700})'
const bytes = (text = ''): Buffer => Buffer.from(text, 'base64')
const number = (text: string | undefined): number => Number(text)
const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** Most that a hash from elsewhere may cost: about half a second of a core, and 64 MiB. */
const MOST = { bcrypt: 12, iterations: 1_000_000, logN: 16, r: 16, p: 4, memoryKib: 65_536, passes: 8 } as const
/** A hash that is shorter tells too many passwords for the right one. */
const SHORTEST_BYTES = 16
const MEMORY_BYTES = 2 ** 27
const BCRYPT_BYTES = 72

const isLong = (hash: string | undefined): boolean => bytes(hash).length >= SHORTEST_BYTES

const scryptKey = (password: string, salt: Buffer, length: number, logN: number, r: number, p: number) =>
  deriveScrypt(password, salt, length, { N: 2 ** logN, r, p, maxmem: MEMORY_BYTES })

const isBearableScrypt = (logN: number, r: number, p: number): boolean =>
  logN >= 1 && logN <= MOST.logN && r >= 1 && r <= MOST.r && p >= 1 && p <= MOST.p && 2 ** logN * r * 128 < MEMORY_BYTES

const BCRYPT: Format = {
  pattern: /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/,
  isBearable: ([cost]) => number(cost) >= 4 && number(cost) <= MOST.bcrypt,
  // It never saw more than 72 bytes, and the library refuses more.
  matches: async (password, _, whole) => {
    const { default: bcrypt } = await import('bcryptjs')
    const seen = Buffer.from(password, 'utf8').subarray(0, BCRYPT_BYTES).toString('utf8')
    return bcrypt.compare(seen, whole.replace(/^\$2y/, '$2b'))
  },
}

const PBKDF2: Format = {
  pattern: new RegExp(`^\\$pbkdf2-(sha1|sha256|sha512)\\$i=(\\d{1,9})\\$${B64}\\$${B64}$`),
  isBearable: ([, iterations, , hash]) =>
    number(iterations) >= 1 && number(iterations) <= MOST.iterations && isLong(hash),
  matches: async (password, [digest = '', iterations, salt, hash]) => {
    const wanted = bytes(hash)
    return equal(await derive(password, bytes(salt), number(iterations), wanted.length, digest), wanted)
  },
}

const SCRYPT: Format = {
  pattern: new RegExp(`^\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,3}),p=(\\d{1,2})\\$${B64}\\$${B64}$`),
  isBearable: ([logN, r, p, , hash]) => isBearableScrypt(number(logN), number(r), number(p)) && isLong(hash),
  matches: async (password, [logN, r, p, salt, hash]) => {
    const wanted = bytes(hash)
    return equal(await scryptKey(password, bytes(salt), wanted.length, number(logN), number(r), number(p)), wanted)
  },
}

/** Firebase encrypts the key of the project under what scrypt makes of the password. */
const FIREBASE: Format = {
  pattern: new RegExp(`^\\$firebase-scrypt\\$ln=(\\d{1,2}),r=(\\d{1,3})\\$${B64}\\$${B64}\\$${B64}\\$${B64}$`),
  isBearable: ([logN, r, , , , hash]) => isBearableScrypt(number(logN), number(r), 1) && isLong(hash),
  matches: async (password, [logN, r, salt, separator, key, hash]) => {
    const salted = Buffer.concat([bytes(salt), bytes(separator)])
    const derived = await scryptKey(password, salted, 32, number(logN), number(r), 1)
    const cipher = createCipheriv('aes-256-ctr', derived, Buffer.alloc(16))
    return equal(Buffer.concat([cipher.update(bytes(key)), cipher.final()]), bytes(hash))
  },
}

const FORMATS: readonly Format[] = [BCRYPT, PBKDF2, SCRYPT, FIREBASE]
const ARGON2 = new RegExp(`^\\$argon2(?:i|d|id)\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$${B64}\\$${B64}$`)

function formatOf(encoded: string): readonly [Format, readonly string[]] | undefined {
  for (const format of FORMATS) {
    const match = format.pattern.exec(encoded)
    if (match) return [format, match.slice(1)]
  }
  return undefined
}

/** Whether another system made it in a way of its own; argon2 is ours as well. */
export const isForeignHash = (encoded: string): boolean => formatOf(encoded) !== undefined

function isBearableArgon2(encoded: string): boolean {
  const [, m, t, p, , hash] = ARGON2.exec(encoded) ?? []
  return (
    number(m) >= 8 &&
    number(m) <= MOST.memoryKib &&
    number(t) >= 1 &&
    number(t) <= MOST.passes &&
    number(p) >= 1 &&
    number(p) <= MOST.p &&
    isLong(hash)
  )
}

/** Whether the hash has a known form and costs no more than a sign-in may. */
export function isUsableHash(encoded: string): boolean {
  const known = formatOf(encoded)
  return known === undefined ? isBearableArgon2(encoded) : known[0].isBearable(known[1])
}

/** Whether a password has this hash, whichever of the forms it has. */
export const matchesHash = async (password: string, encoded: string): Promise<boolean> =>
  isForeignHash(encoded)
    ? matchesForeignHash(password, encoded)
    : (await import('@node-rs/argon2')).verify(encoded, password)

/** Whether a password has this hash, compared in constant time. Throws INTERNAL for one that is not foreign. */
export async function matchesForeignHash(password: string, encoded: string): Promise<boolean> {
  const known = formatOf(encoded)
  if (known === undefined) throw new PlumblineError('INTERNAL', 'the hash is of no known form')
  return known[0].matches(password, known[1], encoded)
}
