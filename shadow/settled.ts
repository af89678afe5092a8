import { isDeepStrictEqual } from 'node:util'
import type { Method } from '../identity/directory/methods.ts'
import { values } from '../identity/policy/decision.ts'
import type { EffectivePolicy } from '../identity/policy/policy.ts'
import { type Enrolled, enrolledUnder, PEOPLE, type People, policyFor } from '../review/people.ts'
import type { TenantSettings } from '../review/settings.ts'
import { isApproved } from './device.ts'
import { addPerson, type Person } from './people.ts'
import type { ShadowService } from './service.ts'
import { inTurns } from './turns.ts'

/** Everybody who may be there, as far as the base lets them set something up. */
export async function settlePeople(
  shadow: ShadowService,
  tenants: readonly TenantSettings[],
  later: ReadonlyMap<string, TenantSettings>,
  standsFor: Map<Person, readonly People[]>,
): Promise<readonly Person[]> {
  const wanted = tenants.flatMap((settings) =>
    treatedAlike(settings, later.get(settings.tenant)).flatMap(({ people, policy }) =>
      withDevices(possibleUnder(policy, settings)).map((one) => ({ ...one, tenant: settings.tenant, people })),
    ),
  )
  return inTurns(wanted, async ({ tenant, people, enrolled, ownMethod }, i) => {
    const made = await addPerson(shadow, tenant, people[0], enrolled, `shadow-${i}`)
    const person = ownMethod === undefined ? made : { ...made, ownMethod }
    standsFor.set(person, people)
    return person
  })
}

const ON_DEVICES: readonly Method[] = ['pin', 'pattern', 'password', 'passkey']

/** Whose login a device approves is signed in there by something that the tenant takes. */
function withDevices(
  all: readonly Enrolled[],
): readonly { readonly enrolled: Enrolled; readonly ownMethod?: Method }[] {
  const ownMethod = all.map(({ first }) => first).find((first) => ON_DEVICES.includes(first))
  return all.map((enrolled) =>
    isApproved(enrolled.first) && ownMethod !== undefined
      ? { enrolled: { ...enrolled, methods: [...enrolled.methods, ownMethod] }, ownMethod }
      : { enrolled },
  )
}

interface Alike {
  readonly people: readonly [People, ...People[]]
  /** Before. */
  readonly policy: EffectivePolicy
}

/** The service asks of people what the policy says, and nothing of their roles besides: those with one policy need one trial. */
function treatedAlike(before: TenantSettings, after: TenantSettings | undefined): readonly Alike[] {
  const found: (Alike & { readonly words: unknown })[] = []
  for (const people of PEOPLE) {
    const [policy, next] = [policyFor(before, people), after && policyFor(after, people)]
    const words = [bare(policy), next && bare(next)]
    const known = found.findIndex((other) => isDeepStrictEqual(other.words, words))
    const alike = found[known]
    if (alike === undefined) found.push({ people: [people], policy, words })
    else found[known] = { ...alike, people: [...alike.people, people] }
  }
  return found
}

/** What is decided, whatever decided it. */
const bare = (policy: EffectivePolicy): unknown => Object.values(policy).map((part) => values<object>(part))

/** Who has a passkey has set it up where the tenant takes one. */
const possibleUnder = (policy: EffectivePolicy, settings: TenantSettings): readonly Enrolled[] =>
  enrolledUnder(policy, settings).filter(({ methods }) => policy.methods.passkey.value || !methods.includes('passkey'))
