import { hmacUnder } from '../crypto/derived-keys.ts'
import { letterCode, plainLetters } from '../crypto/letter-code.ts'
import type { Deps } from '../deps.ts'
import { collect, everyOne } from '../platform/contract/paging.ts'
import { type Collection, GLOBAL } from '../store/store.ts'

/** Life of a long reset code. */
export const RESET_MINUTES = 15
/** What a mailed code is good for, and for how long. */
const SECONDS = { reset: RESET_MINUTES * 60, verify: 24 * 3600, invitation: 7 * 24 * 3600 } as const
type Purpose = keyof typeof SECONDS

/** A code that was sent to an address, in the scope GLOBAL: who brings it names no tenant. */
export interface StoredCode {
  /** Keyed hash of the code. */
  readonly id: string
  readonly purpose: Purpose
  readonly tenant_id: string
  /** Empty for a code that went to nobody; such a one is gone in a second. */
  readonly user_id: string
  readonly client_id: string
  readonly email_key: string
  /** It sets the first login secret of a new account, which nobody has to be allowed to reset. */
  readonly first?: true
}

const CODES: Collection<StoredCode> = { name: 'loginCodes', id: (code) => code.id, indexes: ['user_id'] }
const GROUPS = 4

/** A fresh code of 100 random bits, e.g. `7Q2MA-0KX9D-...`, good for `seconds`; only its hash is stored. */
export async function issueCode(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  facts: Omit<StoredCode, 'id'>,
  seconds: number = facts.user_id === '' ? 1 : SECONDS[facts.purpose],
): Promise<string> {
  const code = letterCode(GROUPS)
  await deps.store.create(CODES, GLOBAL, { id: codeHash(deps, code), ...facts }, seconds)
  return code
}

/** The code, which stays. Blanks, hyphens and letter case do not matter. */
export async function findCode(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  purpose: Purpose,
  code: string,
): Promise<StoredCode | undefined> {
  const found = await deps.store.get(CODES, GLOBAL, codeHash(deps, code))
  return found?.purpose === purpose ? found : undefined
}

/** Spends a code that was found: true for one of many callers. */
export const takeCode = async ({ store }: Pick<Deps, 'store'>, { id }: StoredCode): Promise<boolean> =>
  (await store.take(CODES, GLOBAL, id)) !== undefined

/** Forgets the codes of a user, all or those of one purpose. */
export async function dropCodesOf(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  userId: string,
  purpose?: Purpose,
): Promise<void> {
  const codes = await collect(everyOne(store, CODES, GLOBAL, { user_id: userId }))
  const dropped = codes.filter((c) => c.tenant_id === tenant && (purpose === undefined || c.purpose === purpose))
  for (const { id } of dropped) await store.delete(CODES, GLOBAL, id)
}

const codeHash = ({ masterKey }: Pick<Deps, 'masterKey'>, code: string): string =>
  hmacUnder(masterKey, 'login code').update(plainLetters(code)).digest('base64url')
