import type { JsonObject } from '../../../config/json.ts'
import { type SchemaName, schemaNamed } from '../../platform/contract/contracts.ts'
import { Fault } from '../../platform/fault.ts'
import { isLinearPattern } from '../../platform/patterns.ts'
import { mergeBySchema } from '../merge.ts'
import { withLoginMethods } from './login-methods.ts'
import { fromMessagesV1, mergedMessages } from './messages.ts'
import { type CimState, part } from './state.ts'
import { replacedUrls } from './whitelisted-urls.ts'

/** A unit of the configuration: how a body that was sent for it changes the state. */
type Write = (state: CimState, sent: JsonObject, masterKey: Uint8Array) => CimState

const MAX_STATE_BYTES = 8 * 1024 * 1024

/** Every unit of schema ConfigurationUnitsUpdate: the six of version 2 and the three sections of version 1. */
const UNITS: Readonly<Record<string, Write>> = {
  attributes: merging('attributes', 'AttributesConfiguration'),
  custom_messages: (state, sent) => ({ ...state, custom_messages: mergedMessages(state.custom_messages, sent) }),
  features: writeFeatures,
  login_methods: withLoginMethods,
  step_up: merging('step_up', 'StepUpConfiguration'),
  ui_extension: merging('ui_extension', 'UIExtensionConfiguration'),
  messages: (state, sent) => ({
    ...state,
    custom_messages: mergedMessages(state.custom_messages, fromMessagesV1(sent)),
  }),
  password_policy: merging('password_policy', 'PasswordPolicy'),
  profile: merging('profile', 'Profile'),
}

/** Lays the sent units over the state; units that are not sent stay. Throws Fault 400 and changes nothing when a rule is broken. */
export function withUnits(state: CimState, units: JsonObject, masterKey: Uint8Array): CimState {
  const sent = Object.entries(UNITS).filter(([name]) => units[name] !== undefined)
  return checked(sent.reduce((next, [name, write]) => write(next, units[name] as JsonObject, masterKey), state))
}

function merging(
  unit: 'attributes' | 'step_up' | 'ui_extension' | 'password_policy' | 'profile',
  name: SchemaName<'cim'>,
): Write {
  const schema = schemaNamed('cim', name)
  return (state, sent) => ({ ...state, [unit]: mergeBySchema('cim', schema, state[unit], sent) as JsonObject })
}

function writeFeatures(state: CimState, sent: JsonObject): CimState {
  const schema = schemaNamed('cim', 'FeaturesConfiguration')
  const features = mergeBySchema('cim', schema, state.features, sent) as JsonObject
  const urls = part(sent.action_token).whitelisted_urls
  if (!Array.isArray(urls)) return { ...state, features }
  const action_token = { ...part(features.action_token), whitelisted_urls: replacedUrls(state.features, urls) }
  return { ...state, features: { ...features, action_token } }
}

/** Rules across fields (notes): what holds for every stored state. */
const RULES: readonly { readonly holds: (state: CimState) => boolean; readonly message: string }[] = [
  {
    holds: ({ features, login_methods: { login_methods } }) =>
      features.login_enabled !== true || login_methods.some((m) => m.enabled),
    message: 'login_enabled needs a login method that is enabled',
  },
  {
    holds: ({ features }) => isUsable(part(features.custom_email_validation).before_at_regex),
    message: 'before_at_regex is not a regular expression without look-around and back-references',
  },
  {
    holds: ({ features }) => isUsable(part(features.custom_email_validation).after_at_regex),
    message: 'after_at_regex is not a regular expression without look-around and back-references',
  },
  {
    holds: ({ login_methods: { login_methods } }) =>
      login_methods.every((method) => isUsable(part(method.ladp_attributes).match_pattern)),
    message: 'match_pattern is not a regular expression without look-around and back-references',
  },
  {
    holds: ({ password_policy: { min_length, max_length } }) =>
      Number(max_length) === 0 || Number(min_length) <= Number(max_length),
    message: 'min_length is above max_length',
  },
  {
    holds: ({ ui_extension: { base_url } }) => base_url === undefined || base_url === '' || isHttps(String(base_url)),
    message: 'base_url is not an https URL',
  },
  {
    holds: (state) => Buffer.byteLength(JSON.stringify(state)) <= MAX_STATE_BYTES,
    message: 'the configuration is larger than 8 MiB',
  },
]

export function checked(state: CimState): CimState {
  const broken = RULES.find((rule) => !rule.holds(state))
  if (broken) throw new Fault(400, broken.message)
  return state
}

const isUsable = (pattern: unknown): boolean => isLinearPattern(String(pattern ?? ''))

const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:'
