import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Spec } from '../../config/resource.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { acmeDocuments, openAcme } from '../support/acme.ts'
import { actions, document } from '../support/world.ts'

/** Edits of a document after which its system still returns what the new document may not name. */
const EDITS: readonly (readonly [says: string, kind: string, before: Spec, after: Spec])[] = [
  [
    'the name of a group that does not manage its members',
    'Group',
    { connectionRef: { name: 'vault' }, tenantRef: { name: 'acme-web' }, displayName: 'Staff' },
    { connectionRef: { name: 'vault' }, tenantRef: { name: 'acme-web' }, displayName: 'All staff' },
  ],
  [
    'second factors from allowed to disallowed',
    'MfaDefault',
    { connectionRef: { name: 'navixy' }, type: 'Allowed', factorTypes: ['Email'] },
    { connectionRef: { name: 'navixy' }, type: 'Disallowed' },
  ],
  [
    'the kind of activation',
    'CimFeatures',
    {
      connectionRef: { name: 'cim' },
      personActivation: {
        enabled: true,
        expirationSeconds: 86_400,
        type: 'ExternallyDeliveredCode',
        externallyDeliveredCode: { unavailabilitySeconds: 60, resendMinimumSeconds: 60 },
      },
    },
    { connectionRef: { name: 'cim' }, personActivation: { enabled: true, expirationSeconds: 30, type: 'Email' } },
  ],
]

let acme: Awaited<ReturnType<typeof openAcme>>
beforeAll(async () => {
  acme = await openAcme()
  acme.road.rules = ruleCheck
})
afterAll(() => acme.close())

it.each(EDITS)('changes %s', async (_says, kind, before, after) => {
  const subject = (spec: Spec) => [...acmeDocuments(), document(kind, 'subject', spec)]
  await acme.road.apply(subject(before))
  const outcomes = await acme.road.apply(subject(after))
  expect(outcomes.flatMap((o) => o.error?.message ?? [])).toEqual([])
  expect(actions(await acme.road.plan(subject(after)))).toContain(`none ${kind}/subject`)
})
