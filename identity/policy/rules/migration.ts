import { type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { flag, type PolicyInputs, same } from '../inputs.ts'

/** Taking over people whom an earlier system knows (see `login/migration.ts`). */
export interface MigrationRules {
  /** Who signs in with the password of the earlier system becomes a user here. */
  readonly open: boolean
  /** So does who asks for a reset of a forgotten secret by the address that the earlier system has confirmed. */
  readonly unauthenticated: boolean
  /** Only people for whom the earlier system gives an identifier. */
  readonly needsIdentifier: boolean
}

const switchOf = (field: string, strictness: (value: boolean) => number): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness,
  asks: (inputs) => flag(inputs, 'CimFeatures', field, same),
})

export const MIGRATION: Rules<MigrationRules, PolicyInputs> = {
  open: switchOf('/migrationEnabled', STRICTER.no),
  unauthenticated: switchOf('/unauthenticatedMigrationEnabled', STRICTER.no),
  needsIdentifier: switchOf('/personIdentifierInExternalProfileRequiredForMigration', STRICTER.yes),
}
