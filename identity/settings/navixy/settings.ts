import { Fault } from '../../platform/fault.ts'
import type { Singleton } from '../store.ts'

/** Contract schema MfaSettings. */
export interface MfaSettings {
  readonly type: 'allowed' | 'disallowed'
  readonly factor_types?: readonly 'email'[]
}

export interface NavixySettings {
  /** Absent: no default was ever set. */
  readonly default?: MfaSettings
  /** User id → own settings of every user of the dealer. */
  readonly users: Readonly<Record<string, MfaSettings>>
}

export type UpdateTarget = { readonly type: 'all' } | { readonly type: 'selected'; readonly ids: readonly number[] }

export const NAVIXY: Singleton<NavixySettings> = { name: 'navixy', fresh: () => ({ users: {} }) }

const UNKNOWN_USER = 201
const WITHOUT_DEFAULT: MfaSettings = { type: 'disallowed' }

export function userIds(settings: NavixySettings): number[] {
  return Object.keys(settings.users).map(Number).sort(ascending)
}

/** The users of the dealer are these: newcomers get a copy of the default. */
export function withUsers(settings: NavixySettings, ids: readonly number[]): NavixySettings {
  const initial = settings.default ?? WITHOUT_DEFAULT
  const users = [...ids].sort(ascending).map((id) => [String(id), settings.users[id] ?? initial] as const)
  return { ...settings, users: Object.fromEntries(users) }
}

/** Overwrites the settings of the targeted users, all or none. Throws Fault 400, code 201, for a user who is not the dealer's. */
export function withMfa(settings: NavixySettings, target: UpdateTarget, mfa: MfaSettings): NavixySettings {
  const ids = target.type === 'all' ? Object.keys(settings.users) : target.ids.map(String)
  if (ids.some((id) => !Object.hasOwn(settings.users, id)))
    throw new Fault(400, 'Not found in the database', { code: UNKNOWN_USER })
  return { ...settings, users: { ...settings.users, ...Object.fromEntries(ids.map((id) => [id, mfa])) } }
}

/** Only what the contract knows is kept, and `disallowed` has no factors. */
export function mfaOf(sent: MfaSettings): MfaSettings {
  return sent.type === 'allowed' ? { type: 'allowed', factor_types: sent.factor_types ?? [] } : WITHOUT_DEFAULT
}

const ascending = (a: number, b: number): number => a - b
