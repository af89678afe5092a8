import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { defaultsOf } from '../platform/contract/vault-contract.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { type Collection, GLOBAL } from '../store/store.ts'

export type LoginStep = 'PIN' | 'PATTERN'

/** Contract schema BlockConfig. */
export interface BlockConfig {
  readonly ip_attempts_limit: number
  readonly ip_attempts_reset_minutes: number
  readonly user_attempts_limit: number
  readonly user_timeframe_seconds: number
  readonly initial_block_seconds: number
  readonly max_block_time_minutes: number
}

/** Contract schema LivenessConfig. */
interface LivenessConfig {
  readonly number_steps_min: number
  readonly number_steps_max: number
  readonly duration_in_seconds: number
  readonly number_of_allowed_failures: number
  readonly gesture_set?: readonly string[]
  readonly number_blinks_max: number
  readonly number_blinks_min: number
}

/** Parameters of a route below a tenant. */
export interface TenantPath {
  readonly tenant_id: string
}

/** Contract schema Tenant, with every field settled. */
export interface Tenant {
  readonly tenant_id: string
  readonly register_enable: boolean
  readonly is_2fa: boolean
  readonly use_pin: boolean
  readonly pin_size: number
  readonly use_pattern: boolean
  readonly patter_size: number
  readonly use_face_recognition: boolean
  readonly use_liveness: boolean
  readonly display_name: string
  readonly show_pin_when_typing: boolean
  readonly block_config: BlockConfig
  readonly login_order: readonly LoginStep[]
  readonly passkey_enabled: boolean
  readonly has_username_and_email: boolean
  readonly liveness_config: LivenessConfig | null
  /** The pages refuse a new PIN or pattern that is easy to guess: our addition. Tenants of releases before this rule are without it. */
  readonly refuses_weak_secrets?: boolean
  /** An address that is set by SCIM counts as confirmed: our addition. */
  readonly trusts_directory_addresses?: boolean
}

/** A tenant as it is answered: every field is settled. */
export const shownTenant = (tenant: Tenant): Required<Tenant> => ({
  ...tenant,
  refuses_weak_secrets: tenant.refuses_weak_secrets === true,
  trusts_directory_addresses: tenant.trusts_directory_addresses === true,
})

type Kept = 'block_config' | 'login_order' | 'liveness_config'
/** A valid body of createTenant: defaults are filled in, fields without a default may be absent. */
export type TenantInput = Omit<Tenant, Kept> & Partial<Pick<Tenant, Kept>>
/** A valid body of updateTenant. */
export type TenantUpdate = Omit<Tenant, Kept | 'tenant_id' | 'is_2fa'> & { readonly [K in Kept]?: Tenant[K] | null }

export const TENANTS: Collection<Tenant> = { name: 'tenants', id: (tenant) => tenant.tenant_id, indexes: [] }

/** Throws NOT_FOUND when there is no such tenant. */
export async function requireTenant({ store }: Pick<Deps, 'store'>, tenantId: string): Promise<Tenant> {
  const tenant = await store.get(TENANTS, GLOBAL, tenantId)
  if (!tenant) throw new PlumblineError('NOT_FOUND', `there is no tenant '${tenantId}'`)
  return tenant
}

export function newTenant(input: TenantInput): Tenant {
  const settled = {
    ...input,
    block_config: input.block_config ?? (defaultsOf('BlockConfig') as unknown as BlockConfig),
    login_order: input.login_order ?? stepsOf(input),
    liveness_config: input.liveness_config ?? null,
    refuses_weak_secrets: input.refuses_weak_secrets ?? true,
  }
  return checked(settled)
}

/** Null or absent block_config, login_order and liveness_config keep the stored value (notes 5.5). */
export function updatedTenant(old: Tenant, update: TenantUpdate): Tenant {
  return checked({
    ...old,
    ...update,
    block_config: update.block_config ?? old.block_config,
    login_order: update.login_order ?? fittedOrder(old.login_order, stepsOf(update)),
    liveness_config: update.liveness_config ?? old.liveness_config,
  })
}

type Switches = Pick<Tenant, 'use_pin' | 'use_pattern'>
const stepsOf = (t: Switches): LoginStep[] => [
  ...(t.use_pin ? (['PIN'] as const) : []),
  ...(t.use_pattern ? (['PATTERN'] as const) : []),
]

/** The kept order, without steps that are now off and with those that are now on at its end. */
const fittedOrder = (kept: readonly LoginStep[], steps: readonly LoginStep[]): LoginStep[] => [
  ...kept.filter((step) => steps.includes(step)),
  ...steps.filter((step) => !kept.includes(step)),
]

/** Rules across fields (notes, section 2, login terms): true for a tenant that people can log in to. */
const RULES: readonly { readonly at: keyof Tenant; readonly holds: (t: Tenant) => boolean; readonly msg: string }[] = [
  {
    at: 'use_pin',
    holds: (t) => t.use_pin || t.use_pattern || t.passkey_enabled,
    msg: 'at least one of use_pin, use_pattern and passkey_enabled has to be true',
  },
  {
    at: 'login_order',
    holds: (t) => sameSet(t.login_order, stepsOf(t)),
    msg: 'has to hold exactly the enabled steps: PIN for use_pin, PATTERN for use_pattern',
  },
  {
    at: 'is_2fa',
    holds: (t) => !t.is_2fa || (t.passkey_enabled && (t.use_pin || t.use_pattern)),
    msg: 'demands a passkey and a PIN or pattern, so passkey_enabled and one of use_pin and use_pattern have to be true',
  },
  {
    at: 'liveness_config',
    holds: ({ liveness_config: l }) => l === null || l.number_steps_min <= l.number_steps_max,
    msg: 'number_steps_min is above number_steps_max',
  },
]

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item))

function checked(tenant: Tenant): Tenant {
  const broken = RULES.find((rule) => !rule.holds(tenant))
  if (broken) throw invalid(`/${broken.at}`, broken.msg)
  return tenant
}
