import { describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import type { ConnectionAccess } from '../../reconciler/connections.ts'
import type { Entry } from '../../reconciler/model.ts'
import { speakersAmong } from '../../reconciler/speakers.ts'
import { entry, group, HERE, ofGroup, THERE, tenant, without } from '../support/matching.ts'
import { connection, document } from '../support/world.ts'

const PLACES: Readonly<Record<string, string>> = { vault: HERE, second: HERE, elsewhere: THERE }

/** Asks for the present document of an entry's object; notes which Connections were asked where they lead. */
async function speakerOf(known: Entry, ...documents: Resource[]) {
  const asked: string[] = []
  const connections = {
    connection: async (name: string) => ({
      place: async () => {
        asked.push(name)
        return PLACES[name] ?? expect.fail(`no Connection ${name}`)
      },
    }),
  } as unknown as ConnectionAccess
  const all = [...Object.keys(PLACES).map((name) => connection(name, 'SecretsVault')), ...documents]
  const speaker = speakersAmong(documents, resolve(all), connections, new AbortController().signal)
  return { speaker: await speaker(known), asked }
}

describe('the present document of an object', () => {
  it.each([
    ['describes it by its key', entry('Tenant', 'a'), tenant('other', { tenantId: 'a' }), 'Tenant/other'],
    ['compares keys as the kind does', ofGroup('ops'), group('x', { displayName: 'Ops' }), 'Group/x'],
    ['adopts it by its id', ofGroup('ops'), group('x', { externalRef: { id: 'id of ops' } }), 'Group/x'],
    ['has another key', entry('Tenant', 'a'), tenant('b'), undefined],
    ['is of another kind', entry('Organization', 'a'), tenant('a'), undefined],
    ['is in another tenant', ofGroup('ops', { tenant: 'other' }), group('ops'), undefined],
    ['adopts another id', ofGroup('ops'), group('x', { externalRef: { id: 'y' } }), undefined],
    ['is of a kind of another release', entry('Gone', 'a'), document('Gone', 'a', {}), undefined],
  ])('is one that %s', async (_, known, present, expected) => {
    expect((await speakerOf(known, present)).speaker).toBe(expected)
  })

  it('adopts nothing where no id is known', async () => {
    const { id: _, ...begun } = ofGroup('ops')
    expect((await speakerOf(begun, group('x'))).speaker).toBeUndefined()
  })

  it('is named with its namespace', async () => {
    const present = tenant('a', { connectionRef: { name: 'vault', namespace: 'team' } })
    const inTeam = { ...present, metadata: { ...present.metadata, namespace: 'team' } }
    const vault = connection('vault', 'SecretsVault')
    const there = { ...vault, metadata: { ...vault.metadata, namespace: 'team' } }
    const connections = { connection: async () => ({ place: async () => HERE }) } as unknown as ConnectionAccess
    const speaker = speakersAmong([inTeam], resolve([there, inTeam]), connections, new AbortController().signal)
    expect(await speaker(entry('Tenant', 'a'))).toBe('Tenant/team/a')
  })

  it('is in the place of the object, whatever its Connection is called', async () => {
    const behind = (name: string) => tenant('a', { connectionRef: { name } })
    expect((await speakerOf(entry('Tenant', 'a'), behind('second'))).speaker).toBe('Tenant/a')
    expect((await speakerOf(entry('Tenant', 'a'), behind('elsewhere'))).speaker).toBeUndefined()
  })

  it('is any of them: one elsewhere hides none that is here', async () => {
    const elsewhere = tenant('b', { tenantId: 'a', connectionRef: { name: 'elsewhere' } })
    expect((await speakerOf(entry('Tenant', 'a'), elsewhere, tenant('a'))).speaker).toBe('Tenant/a')
  })

  it('behind the Connection of before is not asked for a place that nobody recorded', async () => {
    const known = without(entry('Tenant', 'a'))
    expect(await speakerOf(known, tenant('a'))).toEqual({ speaker: 'Tenant/a', asked: [] })
    const second = tenant('a', { connectionRef: { name: 'second' } })
    expect(await speakerOf(known, second)).toEqual({ speaker: 'Tenant/a', asked: ['second', 'vault'] })
    const elsewhere = tenant('a', { connectionRef: { name: 'elsewhere' } })
    expect((await speakerOf(known, elsewhere)).speaker).toBeUndefined()
  })

  it('is asked where its Connection leads to now, where the place of before is known', async () => {
    const known = entry('Tenant', 'a', { place: THERE })
    expect(await speakerOf(known, tenant('a'))).toEqual({ speaker: undefined, asked: ['vault'] })
  })

  it('is none without a Connection', async () => {
    expect((await speakerOf(entry('Tenant', 'a'), tenant('a', { connectionRef: { name: 'gone' } }))).speaker).toBe(
      undefined,
    )
  })
})
