import { randomBytes } from 'node:crypto'
import type { Collection } from '../store/store.ts'

interface AdministratorKey {
  readonly id: 'administrator'
  readonly hash: string
  /** The key before, which stays good until then (milliseconds since 1970). */
  readonly former?: { readonly hash: string; readonly until: number }
}

/** The hash of the administrator key: one document for all replicas. */
export const ADMINISTRATOR_KEYS: Collection<AdministratorKey> = {
  name: 'administratorKeys',
  id: (key) => key.id,
  indexes: [],
}

const RANDOM_BYTES = 32

/** A fresh administrator key, `pla_<256 random bits>`. */
export const newAdminKey = (): string => `pla_${randomBytes(RANDOM_BYTES).toString('base64url')}`

const ADMIN_KEY = /^pla_[A-Za-z0-9_-]{43}$/

export const isFormOfAdminKey = (text: string): boolean => ADMIN_KEY.test(text)
