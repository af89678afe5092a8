import { getsIn, policyFor } from '../review/people.ts'
import type { TenantSettings } from '../review/settings.ts'
import type { Refusal } from './login.ts'
import type { Person } from './people.ts'

/** People who get in before the change by what the documents say, and did not: of a change a trial tells nothing about them. */
export const doubts = (
  everybody: readonly Person[],
  before: ReadonlyMap<Person, Refusal>,
  tenants: readonly TenantSettings[],
): readonly string[] =>
  everybody.flatMap((person) => {
    const { tenant, people, enrolled } = person
    const [settings, why] = [tenants.find((one) => one.tenant === tenant), before.get(person)]
    return settings === undefined || why === undefined || !getsIn(policyFor(settings, people), enrolled)
      ? []
      : [`logins of ${people.name} with ${enrolled.words} at ${tenant} failed before the change already: ${why}`]
  })
