import type { Kind } from '../kind.ts'
import { Connection } from './connection.ts'
import { Organization } from './organization.ts'
import { PasswordOrgConfig } from './password-org-config.ts'
import { Tenant } from './tenant.ts'

/** Every kind of the language, in the order of the reference. */
export const KINDS: readonly Kind[] = [
  Connection,
  Organization,
  Tenant,
  PasswordOrgConfig,
] as unknown as readonly Kind[]

const BY_NAME = new Map(KINDS.map((k) => [k.name, k]))

export const kindOf = (name: string): Kind | undefined => BY_NAME.get(name)
