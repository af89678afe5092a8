import { hmacUnder } from '../../crypto/derived-keys.ts'
import { letterCode, plainLetters } from '../../crypto/letter-code.ts'
import type { Deps } from '../../deps.ts'
import type { StoredUser } from '../../directory/users.ts'

/** So many codes a person gets at once. */
const CODES = 10
/** 50 random bits. */
const GROUPS = 2

/** A set of recovery codes; only the hashes are kept. */
export interface RecoveryCodes {
  readonly codes: readonly string[]
  readonly hashes: readonly string[]
}

export function newRecoveryCodes(deps: Pick<Deps, 'masterKey'>, user: StoredUser): RecoveryCodes {
  const codes = Array.from({ length: CODES }, () => letterCode(GROUPS))
  return { codes, hashes: codes.map((code) => recoveryHash(deps, user, code)) }
}

/** The same whatever blanks, hyphens and letter case the code is typed with. */
export const recoveryHash = ({ masterKey }: Pick<Deps, 'masterKey'>, user: StoredUser, code: string): string =>
  hmacUnder(masterKey, 'recovery code')
    .update(JSON.stringify([user.tenant_id, user.user_id, user.created_at, plainLetters(code)]))
    .digest('base64url')
