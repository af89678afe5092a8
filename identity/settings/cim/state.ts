import { isRecord, type JsonObject } from '../../../config/json.ts'
import type { SchemaName } from '../../platform/contract/contracts.ts'
import { resolveSchema, schemaNamed } from '../../platform/contract/contracts.ts'
import type { Singleton } from '../store.ts'

export type Texts = Readonly<Record<string, string>>

/** Contract schema CustomMessages, without the extra wrapper that readers accept. */
export interface CustomMessages {
  readonly default: Texts
  readonly locales: Readonly<Record<string, Texts>>
}

/** Contract schema LoginMethod, secrets taken out. */
export interface LoginMethod extends JsonObject {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly removable: boolean
  readonly enabled: boolean
}

export interface LoginMethods extends JsonObject {
  readonly login_methods: readonly LoginMethod[]
}

/** Everything that the CIM API of one organization holds. */
export interface CimState {
  readonly attributes: JsonObject
  readonly custom_messages: CustomMessages
  readonly features: JsonObject
  readonly login_methods: LoginMethods
  readonly step_up: JsonObject
  readonly ui_extension: JsonObject
  readonly password_policy: JsonObject
  readonly profile: JsonObject
  /** Sealed secrets of login methods: method id → field → text. They never leave. */
  readonly secrets: Readonly<Record<string, Texts>>
}

export const CIM: Singleton<CimState> = { name: 'cim', fresh }

/**
 * What is on in a fresh organization; every other switch of the contract is off. The values hold: they leave to the tenant whether people
 * sign up, and let them show that an address is theirs and register a first passkey, as without an organization.
 */
const FEATURES_ON = {
  login_enabled: true,
  sign_up_enabled: true,
  password_reset_enabled: true,
  configuration_api_enabled: true,
}
const SHORTEST_PASSWORD = 8

function fresh(): CimState {
  const features = switchesOff('FeaturesConfiguration')
  const actionToken = features.action_token as JsonObject
  const attributes = switchesOff('AttributesConfiguration')
  return {
    attributes: { ...attributes, verification: { ...part(attributes.verification), email_enabled: true } },
    custom_messages: { default: {}, locales: {} },
    features: { ...features, ...FEATURES_ON, action_token: { ...actionToken, whitelisted_urls: [] } },
    login_methods: { login_methods: [passwordMethod()], mobile_login: switchesOff('MobileLogin') },
    step_up: stepUp(),
    ui_extension: switchesOff('UIExtensionConfiguration'),
    password_policy: { ...switchesOff('PasswordPolicy'), min_length: SHORTEST_PASSWORD, max_length: 0 },
    profile: { required_attributes_validation_rules: [] },
    secrets: {},
  }
}

const passwordMethod = (): LoginMethod => ({
  id: 'username-and-password',
  type: 'USERNAME_AND_PASSWORD',
  name: 'Password',
  authentication_level: 1,
  removable: false,
  enabled: true,
})

function stepUp(): JsonObject {
  const fresh = switchesOff('StepUpConfiguration')
  return { ...fresh, actions: { ...part(fresh.actions), allow_set_initial_step_up_method_enabled: true } }
}

/** The schema's value with all switches off, objects filled in and everything else absent. */
function switchesOff(name: SchemaName<'cim'>): JsonObject {
  return off(schemaNamed('cim', name))
}

function off(schema: JsonObject): JsonObject {
  const { properties } = resolveSchema('cim', schema)
  const entries = Object.entries(properties).flatMap(([key, field]): [string, unknown][] => {
    if (field.type === 'boolean') return [[key, false]]
    return Object.keys(resolveSchema('cim', field).properties).length > 0 ? [[key, off(field)]] : []
  })
  return Object.fromEntries(entries)
}

/** Whether the configuration API answers at all. */
export function apiEnabled({ features }: CimState): boolean {
  return features.configuration_api_enabled !== false
}

/** A record inside the state, empty when absent. */
export const part = (value: unknown): JsonObject => (isRecord(value) ? value : {})
