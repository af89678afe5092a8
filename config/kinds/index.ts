import type { Kind } from '../kind.ts'
import { ApiKey } from './api-key.ts'
import { Client } from './client.ts'
import { Connection } from './connection.ts'
import { Group } from './group.ts'
import { MfaAssignment } from './mfa-assignment.ts'
import { MfaDefault } from './mfa-default.ts'
import { Organization } from './organization.ts'
import { PasswordOrgConfig } from './password-org-config.ts'
import { SecurityConfiguration } from './security-configuration.ts'
import { Tenant } from './tenant.ts'
import { User } from './user.ts'

/** Every kind of the language, in the order of the reference. */
export const KINDS: readonly Kind[] = [
  Connection,
  Organization,
  Tenant,
  Client,
  User,
  Group,
  ApiKey,
  SecurityConfiguration,
  PasswordOrgConfig,
  MfaDefault,
  MfaAssignment,
] as unknown as readonly Kind[]

const BY_NAME = new Map(KINDS.map((k) => [k.name, k]))

export const kindOf = (name: string): Kind | undefined => BY_NAME.get(name)
