import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as diagnostics from '../../../providers/pulumi/diagnostics.ts'
import { createAll, type Kept, openVerbs, VerbWorld } from '../../support/verbs.ts'
import { document } from '../../support/world.ts'

const [FIRST, SECOND] = ['pulumi:first', 'pulumi:second']
const documents = [
  document('Connection', 'vault', {
    system: 'SecretsVault',
    endpoint: 'embedded',
    credentials: { apiKey: { fromFile: '.plumbline/data/admin.key' } },
  }),
  document('Tenant', 'shared', { connectionRef: { name: 'vault' } }),
]

describe('an object that another stack has taken over since the last run', () => {
  const world = new VerbWorld()
  let kept: Kept
  const warnings: string[] = []
  beforeAll(async () => {
    vi.spyOn(diagnostics, 'warn').mockImplementation(async (text) => void warnings.push(text))
    world.write(documents)
    const [own] = await createAll(await world.open(), FIRST)
    kept = own ?? expect.fail('nothing was created')
    await createAll(await openVerbs(world.folder, { 'plumbline:takeOver': FIRST }), SECOND)
  })
  afterAll(() => world.remove())

  it('is shown as theirs by a refresh, and is no longer in sync', async () => {
    const { documents: verbs } = await world.open()
    const { props } = await verbs.read(kept.id, kept.outputs)
    expect(props).toMatchObject({ entry: { heldBy: expect.stringContaining(SECOND) } })
    expect(warnings).toEqual([expect.stringMatching(/^Tenant\/shared: pulumi:second \(.*\) manages it by now$/)])
    expect(await verbs.diff(kept.id, props as Kept['outputs'], kept.inputs)).toMatchObject({ changes: true })
  })

  it('is left as it is by an update, which says how to take it back', async () => {
    const { documents: verbs } = await world.open()
    const { props } = await verbs.read(kept.id, kept.outputs)
    await expect(verbs.update(kept.id, props as Kept['outputs'], kept.inputs)).rejects.toMatchObject({
      message: expect.stringContaining('manages it, so nothing was done'),
      help: expect.stringContaining('plumbline:takeOver'),
    })
  })
})
