import type { BlockConfig } from '../../directory/tenants.ts'
import { defaultsOf } from '../../platform/contract/vault-contract.ts'
import { type Ask, type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { amount, type PolicyInputs, same, settingAt } from '../inputs.ts'

const DEFAULTS = defaultsOf('BlockConfig') as unknown as BlockConfig

function ofTenant(
  name: keyof BlockConfig,
  field: string,
  strictness: (value: number) => number,
): DecisionRule<number, PolicyInputs> {
  const asks = (inputs: PolicyInputs) => amount(inputs, 'Tenant', `/lockout/${field}`, same)
  return { builtIn: DEFAULTS[name], strictness, asks }
}

const userAttempts = ofTenant('user_attempts_limit', 'userAttempts', STRICTER.less)

/** When guessing is stopped (contract schema BlockConfig). */
export const LOCKOUT: Rules<BlockConfig, PolicyInputs> = {
  ip_attempts_limit: ofTenant('ip_attempts_limit', 'ipAttempts', STRICTER.less),
  ip_attempts_reset_minutes: ofTenant('ip_attempts_reset_minutes', 'ipResetMinutes', STRICTER.more),
  user_attempts_limit: { ...userAttempts, asks: (inputs) => [...userAttempts.asks(inputs), ...mobileAttempts(inputs)] },
  user_timeframe_seconds: ofTenant('user_timeframe_seconds', 'userWindowSeconds', STRICTER.more),
  initial_block_seconds: ofTenant('initial_block_seconds', 'initialBlockSeconds', STRICTER.more),
  max_block_time_minutes: ofTenant('max_block_time_minutes', 'maxBlockMinutes', STRICTER.more),
}

/** The first failure is the earliest that can start a block. */
const atLeastOne = (attempts: number): number => Math.max(1, attempts)

/** Failures count per account here, whatever the method, so the limit of mobile login is one for the account. */
const mobileAttempts = (inputs: PolicyInputs): readonly Ask<number>[] =>
  settingAt(inputs, 'CimMobileLogin', '/enabled') === true
    ? amount(inputs, 'CimMobileLogin', '/allowedLoginAttempts', atLeastOne)
    : []
