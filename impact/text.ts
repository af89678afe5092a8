import { onOneLine } from '../config/text/printable.ts'
import { causeLines } from '../review/lines.ts'
import type { TenantImpact } from '../review/model.ts'

/** Counts for a terminal: what is certain, and what is unknown. */
export const impactText = ({ tenants }: { readonly tenants: readonly TenantImpact[] }): string =>
  tenants.length === 0 ? 'No tenant is described.' : tenants.flatMap(linesOf).map(onOneLine).join('\n')

function linesOf({ tenant, users, because, effects }: TenantImpact): readonly string[] {
  if (users === undefined) return [`${tenant}: unknown; ${because}`]
  const head = `${tenant}: ${users} ${users === 1 ? 'user' : 'users'}${effects.length === 0 ? ', nothing changes for them' : ''}`
  return [
    head,
    ...effects.flatMap(({ what, count, causes, ids }) => [
      `  ${count} ${what}`,
      ...(causes.length === 0 ? [] : [`      because of ${causeLines(causes)}`]),
      ...(ids === undefined ? [] : [`      ${ids.join(', ')}`]),
    ]),
  ]
}
