import { activationIsPossible, loginIsPossible, stepUpIsPossible } from './cim.ts'
import { exceptionsMeanSomething } from './exceptions.ts'
import { allowListsHold, ignoredFieldsExist } from './limits.ts'
import { connectionsAreNamed, noCycles, referencesAreGranted, systemsMatch } from './references.ts'
import { connectionsDiffer, mfaUsersAreNamedOnce, namesAreUnique, objectsAreClaimedOnce } from './uniqueness.ts'
import type { MeaningCheck } from './world.ts'

/** Every check across documents but `referencesResolve`, which comes last. */
export const MEANING: readonly MeaningCheck[] = [
  referencesAreGranted,
  connectionsAreNamed,
  systemsMatch,
  noCycles,
  namesAreUnique,
  objectsAreClaimedOnce,
  mfaUsersAreNamedOnce,
  connectionsDiffer,
  ignoredFieldsExist,
  exceptionsMeanSomething,
  allowListsHold,
  stepUpIsPossible,
  loginIsPossible,
  activationIsPossible,
]
