import { ACCESS } from '../settings/runtime.ts'
import type { FederationWorld } from './world.ts'

const PATH = '/orgs/acme/pigello/configurations/securityconfiguration/'
const known = new WeakMap<FederationWorld, string>()

/** Writes the security configuration (Pigello) of the organization: the first time a new one, then changes of it. */
export async function configure(world: FederationWorld, fields: object): Promise<void> {
  const keys = Object.entries(ACCESS.pigello).map(([name, value]) => [`x-pigello-${name.replaceAll('_', '-')}`, value])
  const headers = { 'content-type': 'application/json', ...Object.fromEntries(keys) }
  const id = known.get(world)
  const url = `${world.here.url}${PATH}${id === undefined ? '' : `${id}/`}`
  const answer = await fetch(url, {
    method: id === undefined ? 'POST' : 'PATCH',
    headers,
    body: JSON.stringify(fields),
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  known.set(world, ((await answer.json()) as { readonly id: string }).id)
}
