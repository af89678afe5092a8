import type { Deps } from '../deps.ts'
import type { LocalMethod } from '../directory/methods.ts'
import { preferredMethod } from '../directory/preferred-methods.ts'
import { accepted } from '../policy/assurance.ts'
import { loadInputs } from '../policy/load.ts'
import { effectivePolicy } from '../policy/policy.ts'
import type { OwnPage } from './signed-in.ts'

/** Methods that people are asked for after the first factor. */
const SECOND_METHODS = ['passkey', 'push', 'totp', 'sms', 'otp', 'letter'] as const satisfies readonly LocalMethod[]
type SecondMethod = (typeof SECOND_METHODS)[number]

/** What a person can confirm with, and what they want to be asked for first. */
export interface SecondFacts {
  readonly methods: readonly SecondMethod[]
  readonly preferred: LocalMethod | undefined
}

export async function secondMethodsOf(
  deps: Pick<Deps, 'store'>,
  { tenant, person: { user } }: OwnPage,
): Promise<readonly SecondMethod[]> {
  const inputs = await loadInputs(deps, { tenant, user })
  const own = new Set<string>(accepted(effectivePolicy(inputs), inputs.enrolled))
  return SECOND_METHODS.filter((method) => own.has(method))
}

export const secondOf = async (deps: Pick<Deps, 'store'>, page: OwnPage): Promise<SecondFacts> => ({
  methods: await secondMethodsOf(deps, page),
  preferred: await preferredMethod(deps.store, page.person.user),
})
