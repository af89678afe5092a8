import type { SystemName } from '../config/kind.ts'
import type { System } from '../reconciler/adapter.ts'
import { Navixy } from './navixy/system.ts'
import { OneWelcomeCim } from './onewelcome-cim/system.ts'
import { Pigello } from './pigello/system.ts'
import { SailPoint } from './sailpoint/system.ts'
import { SecretsVault } from './secrets-vault/system.ts'

/** Every system that Plumbline speaks to. */
export const SYSTEMS: ReadonlyMap<SystemName, System> = new Map(
  [SecretsVault, Pigello, OneWelcomeCim, SailPoint, Navixy].map((system) => [system.name, system]),
)
