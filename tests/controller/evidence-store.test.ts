import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SecretStore } from '../../controller/evidence-store.ts'
import { KubeApi } from '../../controller/kube/api.ts'
import { SECRETS } from '../../controller/sessions.ts'
import { Chain, type Fact, verifyChain } from '../../evidence/chain.ts'
import { evidenceKeyOf, newEvidenceKey, verifierOf } from '../../evidence/keys.ts'
import { Secret } from '../../reconciler/secret.ts'
import { type Kube, startKube } from '../support/kube.ts'

const FOREVER = new AbortController().signal

const fact = (run: string): Fact => ({
  run,
  phase: 'begun',
  at: '2026-01-01T00:00:00.000Z',
  command: 'controller',
  scope: 'cluster:1',
  who: { user: 'cluster:1', host: 'pod' },
  approvedBy: [],
  documents: 'a'.repeat(64),
  plan: 'b'.repeat(64),
  objects: [{ address: 'Tenant/team/web', action: 'update', fields: [] }],
})

describe('the evidence of controllers', () => {
  let kube: Kube
  let namespace: string
  beforeAll(async () => {
    kube = await startKube()
    namespace = await kube.namespace()
  })
  afterAll(() => kube.stop())

  /** A chain of one key, and controllers that add to it. */
  async function chain() {
    const key = await evidenceKeyOf(new Secret(await newEvidenceKey()))
    const lines: string[] = []
    const controller = () => {
      const api = new KubeApi(kube.configOf('admin'))
      const sent: string[] = []
      api.onSent = ({ method, code }) => void sent.push(`${method} ${code}`)
      const store = new SecretStore({ api, namespace, keep: (line) => lines.push(line), signal: FOREVER })
      return { sent, append: (run: string) => new Chain(store, async () => key).append(fact(run)) }
    }
    const verdict = async () =>
      verifyChain([...new Set(lines)].map((line) => `${line}\n`).join(''), await verifierOf([key.publicKey]))
    return { controller, verdict }
  }

  it('is one request per write while nobody else adds to it', async () => {
    const { controller, verdict } = await chain()
    const { append, sent } = controller()
    for (const run of ['first', 'second', 'third']) await append(run)
    expect(sent).toEqual(['GET 404', 'POST 201', 'PATCH 200', 'PATCH 200'])
    expect(await verdict()).toMatchObject({ records: 3 })
    await kube.admin.delete(SECRETS, namespace, 'plumbline-evidence', FOREVER)
  })

  it('is one chain of two controllers that take turns', async () => {
    const { controller, verdict } = await chain()
    const [one, other] = [controller(), controller()]
    for (const { append } of [one, other, one, one, other]) await append('run')
    expect(one.sent).toEqual(['GET 404', 'POST 201', 'PATCH 409', 'GET 200', 'PATCH 200', 'PATCH 200'])
    expect(await verdict()).toMatchObject({ records: 5 })
    await kube.admin.delete(SECRETS, namespace, 'plumbline-evidence', FOREVER)
  })

  it('goes on behind what two controllers add at once', async () => {
    const { controller, verdict } = await chain()
    const both = [controller(), controller()]
    await Promise.all(both.flatMap(({ append }) => [append('a'), append('b')]))
    await Promise.all(both.map(({ append }) => append('c')))
    expect(await verdict()).toMatchObject({ records: 6 })
    await kube.admin.delete(SECRETS, namespace, 'plumbline-evidence', FOREVER)
  })

  it('begins anew when somebody takes its Secret away', async () => {
    const { controller } = await chain()
    const { append, sent } = controller()
    await append('first')
    await kube.admin.delete(SECRETS, namespace, 'plumbline-evidence', FOREVER)
    await append('second')
    expect(sent.slice(2)).toEqual(['PATCH 404', 'GET 404', 'POST 201'])
  })
})
