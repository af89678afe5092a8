import type { Kind } from '../kind.ts'
import { ApiKey } from './api-key.ts'
import { CimActionTokenUrl } from './cim-action-token-url.ts'
import { CimAttributes } from './cim-attributes.ts'
import { CimCustomMessages } from './cim-custom-messages.ts'
import { CimFeatures } from './cim-features.ts'
import { CimIdentityProvider } from './cim-identity-provider.ts'
import { CimLoginMethod } from './cim-login-method.ts'
import { CimMobileLogin } from './cim-mobile-login.ts'
import { CimPasswordPolicy } from './cim-password-policy.ts'
import { CimStepUp } from './cim-step-up.ts'
import { CimUiExtension } from './cim-ui-extension.ts'
import { Client } from './client.ts'
import { Connection } from './connection.ts'
import { DriftException } from './drift-exception.ts'
import { Group } from './group.ts'
import { MfaAssignment } from './mfa-assignment.ts'
import { MfaDefault } from './mfa-default.ts'
import { Organization } from './organization.ts'
import { PasswordOrgConfig } from './password-org-config.ts'
import { ReferenceGrant } from './reference-grant.ts'
import { SecurityConfiguration } from './security-configuration.ts'
import { Tenant } from './tenant.ts'
import { User } from './user.ts'

/** Every kind of the language, in the order of the reference. */
export const KINDS: readonly Kind[] = [
  Connection,
  ReferenceGrant,
  DriftException,
  Organization,
  Tenant,
  Client,
  User,
  Group,
  ApiKey,
  SecurityConfiguration,
  CimFeatures,
  CimAttributes,
  CimLoginMethod,
  CimMobileLogin,
  CimStepUp,
  CimUiExtension,
  CimCustomMessages,
  CimActionTokenUrl,
  CimPasswordPolicy,
  CimIdentityProvider,
  PasswordOrgConfig,
  MfaDefault,
  MfaAssignment,
] as unknown as readonly Kind[]

const BY_NAME = new Map(KINDS.map((k) => [k.name, k]))

export const kindOf = (name: string): Kind | undefined => BY_NAME.get(name)
