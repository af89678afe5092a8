import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../../config/resource.ts'
import { EMBEDDED_URL, openEmbedded } from '../../../identity/embedded.ts'
import { createAll, type Kept, VerbWorld } from '../../support/verbs.ts'

const resource = (kind: string, name: string, spec: Record<string, unknown>): Resource => ({
  apiVersion: 'plumbline.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})
const documents = [
  resource('Connection', 'vault', { system: 'SecretsVault', endpoint: 'embedded' }),
  resource('Tenant', 'web', { connectionRef: { name: 'vault' } }),
  resource('Group', 'ops', { connectionRef: { name: 'vault' }, tenantRef: { name: 'web' }, displayName: 'Ops' }),
]
const GROUPS = '/scim/v2/web/Groups'
const GROUP = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Ops' }
const RENAME = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path: 'displayName', value: 'Operations' }],
}

describe('a group that was there before the stack, found by its name', () => {
  const world = new VerbWorld()
  let group: Kept
  let id: string

  /** What a person does in the system. */
  async function call(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const { workspace } = await world.open()
    const embedded = await openEmbedded(workspace.documents.runtime)
    try {
      const headers = { 'x-api-key': embedded.adminKey ?? '', 'content-type': 'application/scim+json' }
      const answer = await embedded.fetch(`${EMBEDDED_URL}${path}`, { method, headers, body: JSON.stringify(body) })
      expect(answer.status).toBeLessThan(300)
      return (await answer.json()) as Record<string, unknown>
    } finally {
      await embedded.close()
    }
  }

  beforeAll(async () => {
    world.write(documents.slice(0, 2))
    await createAll(await world.open())
    id = String((await call('POST', GROUPS, GROUP)).id)
    world.write(documents)
    const kept = await createAll(await world.open())
    group = kept.find((k) => k.inputs.kind === 'Group') ?? expect.fail('no group')
  }, 60_000)
  afterAll(() => world.remove())

  it('is remembered in the state with its id', () => {
    expect([group.id, group.outputs.entry.id]).toEqual([id, id])
  })

  it('is found by that id when somebody gives it another name: that is drift, and nothing is gone', async () => {
    await call('PATCH', `${GROUPS}/${id}`, RENAME)
    const { documents: verbs } = await world.open()
    const read = await verbs.read(group.id, group.outputs)
    expect(read).toMatchObject({ id, props: { observed: { displayName: 'Operations' }, entry: { id } } })
  })
})
