import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Resource } from '../../../config/resource.ts'
import * as diagnostics from '../../../providers/pulumi/diagnostics.ts'
import { createAll, type Kept, type Opened, VerbWorld } from '../../support/verbs.ts'

const isConnection = ({ kind }: Resource): boolean => kind === 'Connection'

describe('resources of every kind whose documents are gone', () => {
  const world = new VerbWorld()
  let kept: readonly Kept[]
  let documents: readonly Resource[]
  let warnings: string[]

  const expectAllKept = async ({ documents: verbs }: Opened): Promise<void> => {
    for (const { id, inputs, outputs } of kept) {
      expect(await verbs.read(id, outputs), outputs.entry.address).toMatchObject({ id, props: outputs })
      expect(await verbs.diff(id, outputs, inputs), outputs.entry.address).toEqual({ changes: false })
    }
  }

  beforeAll(async () => {
    await world.example()
    const opened = await world.open()
    documents = opened.workspace.documents.resources
    kept = await createAll(opened)
    vi.spyOn(diagnostics, 'warn').mockImplementation(async (text) => void warnings.push(text))
  }, 120_000)
  afterAll(() => world.remove())

  it('are looked at by what the state knows', async () => {
    warnings = []
    world.write(documents.filter((r) => isConnection(r) || r.kind === 'Organization'))
    await expectAllKept(await world.open())
    expect(warnings).toEqual([])
  })

  it('stay as they were, with a warning, where the Connection does not know its organization any more', async () => {
    warnings = []
    world.write(documents.filter(isConnection))
    await expectAllKept(await world.open())
    expect(warnings).toContainEqual(
      expect.stringMatching(/^CimFeatures\/\S+: the Organization of the Connection\/cim does not exist/),
    )
  })

  it('stay as they were, each with a warning, when no Connection leads to them any more', async () => {
    warnings = []
    world.write([])
    await expectAllKept(await world.open())
    expect(warnings).toHaveLength(kept.length)
    expect(warnings[0]).toMatch(
      /^\w+\/\S+: there is no Connection \S+\. It was not looked at, and stays in the state as it was\.$/,
    )
  })
})
