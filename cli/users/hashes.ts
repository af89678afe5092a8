import { isRecord, type JsonObject } from '../../config/json.ts'

const unpadded = (base64: string): string => base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
const encoded = (text: string): string => unpadded(Buffer.from(text, 'utf8').toString('base64'))

/** What the console of a Firebase project shows under "password hash parameters". */
export interface FirebaseScrypt {
  readonly base64_signer_key: string
  readonly base64_salt_separator: string
  readonly rounds: number
  readonly mem_cost: number
}

export function firebaseHash(
  salt: string | undefined,
  hash: string | undefined,
  project: FirebaseScrypt | undefined,
): string | undefined {
  if (salt === undefined || hash === undefined) return undefined
  if (project === undefined)
    throw new Error('it has a password: name the hash parameters of the project with --hash-parameters')
  const { base64_signer_key, base64_salt_separator, rounds, mem_cost } = project
  const parts = [salt, base64_salt_separator, base64_signer_key, hash].map(unpadded)
  return ['$firebase-scrypt', `ln=${mem_cost},r=${rounds}`, ...parts].join('$')
}

/** `pbkdf2_sha256$iterations$salt$hash`: the salt is plain text. A password that cannot be used begins with an exclamation mark. */
export function pbkdf2Hash(password: string | undefined): string | undefined {
  if (password === undefined || password.startsWith('!')) return undefined
  const [algorithm = '', iterations = '', salt = '', hash = ''] = password.split('$')
  const digest = /^pbkdf2_(sha1|sha256)$/.exec(algorithm)?.[1]
  if (digest === undefined) throw new Error(`its password has a hash of the kind '${algorithm}', which is not read`)
  return `$pbkdf2-${digest}$i=${iterations}$${encoded(salt)}$${unpadded(hash)}`
}

interface KeycloakHash {
  readonly algorithm?: string
  readonly hashIterations?: number
  readonly additionalParameters?: Readonly<Record<string, readonly string[]>>
}

const PBKDF2: Readonly<Record<string, string>> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
}

/** The first credential of the type `password`; its data are JSON inside of JSON. */
export function keycloakHash(credentials: unknown): string | undefined {
  const all: readonly unknown[] = Array.isArray(credentials) ? credentials : []
  const found = all.find((credential) => isRecord(credential) && credential.type === 'password') as
    | JsonObject
    | undefined
  if (found === undefined) return undefined
  const { value = '', salt = '' } = JSON.parse(String(found.secretData)) as { value?: string; salt?: string }
  const {
    algorithm = '',
    hashIterations,
    additionalParameters = {},
  } = JSON.parse(String(found.credentialData)) as KeycloakHash
  const [s, h] = [unpadded(salt), unpadded(value)]
  const digest = PBKDF2[algorithm]
  if (digest !== undefined) return `$pbkdf2-${digest}$i=${hashIterations}$${s}$${h}`
  if (algorithm !== 'argon2') throw new Error(`its password has a hash of the kind '${algorithm}', which is not read`)
  const of = (name: string): string => additionalParameters[name]?.[0] ?? ''
  return `$argon2${of('type')}$v=19$m=${of('memory')},t=${hashIterations},p=${of('parallelism')}$${s}$${h}`
}
