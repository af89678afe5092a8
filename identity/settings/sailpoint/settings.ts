import type { Singleton } from '../store.ts'

/** Contract schema PasswordOrgConfig, with every field settled. */
export interface PasswordOrgConfig {
  readonly customInstructionsEnabled: boolean
  readonly digitTokenEnabled: boolean
  readonly digitTokenDurationMinutes: number
  readonly digitTokenLength: number
}

export const DEFAULTS: PasswordOrgConfig = {
  customInstructionsEnabled: false,
  digitTokenEnabled: false,
  digitTokenDurationMinutes: 5,
  digitTokenLength: 6,
}

export const SAILPOINT: Singleton<PasswordOrgConfig> = { name: 'sailpoint', fresh: () => DEFAULTS }
