import { REDIRECT_URI, WEB_PAGE } from '../../../config/kinds/uri.ts'

/** JSON Schema keywords that a finished service adds to a property of the contract, by schema and property. */
type Limits = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

const count = { minimum: 1, maximum: 2_147_483_647 }
const gestures = { minimum: 1, maximum: 50 }
const url = { format: 'uri', maxLength: 2048 }
const page = { ...url, pattern: WEB_PAGE.pattern }
const redirectUri = { ...url, pattern: REDIRECT_URI.pattern }
const id = { pattern: '^[A-Za-z0-9][A-Za-z0-9_.@:|+-]*$', minLength: 1, maxLength: 128 }
const tenantId = {
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
  maxLength: 128,
  not: { enum: ['v1', 'scim', '.well-known'] },
}
const steps = { uniqueItems: true, maxItems: 2 }
const pin = { minimum: 4, maximum: 12 }
const grid = { minimum: 3, maximum: 5 }
const title = { maxLength: 256 }
/** scope-token of RFC 6749, section 3.3. */
const scopeToken = { pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$', maxLength: 128 }
const clientId = { pattern: '^[\\x21-\\x7E]+$', maxLength: 128, not: { pattern: '[/?#%\\\\]' } }

const ADDED_TO_TENANT = {
  refuses_weak_secrets: { type: 'boolean' },
  trusts_directory_addresses: { type: 'boolean' },
}
/** Properties of ours that a schema of the contract leaves room for (secrets-vault-additions, TenantAddition). */
export const ADDED: Limits = { Tenant: ADDED_TO_TENANT, TenantUpdate: ADDED_TO_TENANT }

/** Notes, section 2 (login terms) and 5.1, 5.11. Whatever is not named here gets the caps of `contract.ts`. */
export const CONTRACT_LIMITS: Limits = {
  Tenant: { tenant_id: tenantId, pin_size: pin, patter_size: grid, display_name: title, login_order: steps },
  TenantUpdate: { pin_size: pin, patter_size: grid, display_name: title, login_order: steps },
  BlockConfig: {
    ip_attempts_limit: count,
    ip_attempts_reset_minutes: count,
    user_attempts_limit: count,
    user_timeframe_seconds: count,
    initial_block_seconds: count,
    max_block_time_minutes: count,
  },
  LivenessConfig: {
    number_steps_min: gestures,
    number_steps_max: gestures,
    duration_in_seconds: { minimum: 1, maximum: 600 },
    number_of_allowed_failures: { minimum: 0, maximum: 50 },
    gesture_set: { maxItems: 50 },
  },
  Client: {
    client_id: clientId,
    name: { minLength: 1, ...title },
    redirect_uris: { items: { type: 'string', ...redirectUri }, maxItems: 100 },
    post_logout_redirect_uri: { items: { type: 'string', ...redirectUri }, maxItems: 100 },
    allowed_scopes: { items: { type: 'string', ...scopeToken }, maxItems: 100 },
    logo_uri: page,
    op_policy_url: page,
    op_tos_url: page,
    op_user_agreement_url: page,
    client_uri: page,
    client_logout_uri: page,
    tenant_name: title,
    client_secret: { minLength: 16, maxLength: 256 },
  },
  ClientFlow: { issuer: { ...url, pattern: '^https://' } },
  User: {
    user_id: id,
    email: { maxLength: 254 },
    locale: { maxLength: 64 },
    roles: { items: { type: 'string', minLength: 1, maxLength: 128 }, maxItems: 100 },
    external_id: { maxLength: 256 },
  },
  BatchCreateUsersRequest: { users: { maxItems: 500 } },
  BatchDeleteUsersRequest: { users_ids: { maxItems: 500 } },
  CreateApiKeyRequest: { name: { maxLength: 256 }, scopes: { maxItems: 50 } },
}
