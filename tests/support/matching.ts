import { expect } from 'vitest'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { type Facts, factsOf } from '../../reconciler/facts.ts'
import type { Entry } from '../../reconciler/model.ts'
import { connection, document } from './world.ts'

export const [HERE, THERE] = ['instance:here', 'instance:there']
const connections = [
  connection('vault', 'SecretsVault'),
  connection('second', 'SecretsVault'),
  connection('cim', 'OneWelcomeCim'),
]

export const factsFor = (...resources: Resource[]): readonly Facts[] => {
  const index = resolve([...connections, ...resources])
  return resources.map((r) => factsOf(r, index))
}
export const one = (resource: Resource): Facts => factsFor(resource)[0] ?? expect.fail('no facts')
export const placed = (resource: Resource, place = HERE): Facts => ({ ...one(resource), place })

export const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
export const group = (name: string, spec: Record<string, unknown> = {}) =>
  document('Group', name, { connectionRef: { name: 'vault' }, tenantRef: { id: 'acme' }, displayName: name, ...spec })
export const loginMethod = (name: string, spec: Record<string, unknown> = {}) =>
  document('CimLoginMethod', name, { connectionRef: { name: 'cim' }, type: 'EmailOtp', displayName: name, ...spec })

export const entry = (kind: string, name: string, more: Partial<Entry> = {}): Entry => ({
  address: `${kind}/${name}`,
  kind,
  connection: 'vault',
  key: name,
  place: HERE,
  id: `id of ${name}`,
  memo: {},
  deletionPolicy: 'Retain',
  needs: [],
  ...more,
})
export const ofGroup = (name: string, more: Partial<Entry> = {}) => entry('Group', name, { tenant: 'acme', ...more })

export const without = ({ place: _, ...rest }: Entry): Entry => rest
