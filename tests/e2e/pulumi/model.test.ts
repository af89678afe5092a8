import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const SEQUENCES = 20
const KEYS = ['one', 'two', 'three', 'four'] as const
const FOREIGN = 'foreign'
const GROUPS = '/scim/v2/corp/Groups'

interface Doc {
  readonly name: string
  readonly key: string
  readonly external: string
  readonly policy: 'Retain' | 'Delete'
}

const ON_DOCUMENTS = [
  'rename',
  'edit',
  'change key',
  'policy',
  'remove',
  'add',
  'swap names',
  'drift',
  'delete by hand',
] as const
const ON_STACK = ['rename stack', 'rename project', 'move backend', 'kill', 'lose a run', 'destroy one'] as const

interface Found {
  readonly id: string
  readonly displayName: string
  readonly externalId?: string
}

interface Command {
  readonly do: (typeof ON_DOCUMENTS)[number] | (typeof ON_STACK)[number]
  /** Which document, where it is about one. */
  readonly at: number
}

/** Changes of documents by anybody, what befalls the stack, one after the other by turns, and one more change. */
function sequencesOf(): readonly (readonly Command[])[] {
  const change = fc.record({ do: fc.constantFrom(...ON_DOCUMENTS), at: fc.nat(3) })
  const changes = fc.tuple(fc.array(change, { minLength: 2, maxLength: 5, size: 'max' }), fc.nat(3), change)
  return fc.sample(changes, SEQUENCES).map(([some, at, last], i) => {
    const befalls = ON_STACK[i % ON_STACK.length] as (typeof ON_STACK)[number]
    return [...some, { do: befalls, at }, last]
  })
}

const TENANT = `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: corp}
spec: {connectionRef: {name: vault}}
`
const yaml = ({ name, key, external, policy }: Doc) => `apiVersion: plumbline.dev/v1alpha1
kind: Group
metadata: {name: ${name}}
spec:
  connectionRef: {name: vault}
  tenantRef: {name: corp}
  displayName: ${key}
  externalId: ${external}
  deletionPolicy: ${policy}
`

/** A stack, its documents, and what the system has to hold after each run: external id by name of the group. */
class World {
  readonly stack: Stack
  documents: readonly Doc[] = []
  readonly #expected = new Map<string, string>([[FOREIGN, 'by-hand']])
  /** Documents of the last run: their policies decide what becomes of their objects. */
  #applied: readonly Doc[] = []
  #count = 0

  constructor(stack: Stack) {
    this.stack = stack
  }

  #fresh = (): string => `n${++this.#count}`

  async perform(command: Command): Promise<void> {
    if (command.do === 'rename stack') return this.stack.rename(this.#fresh())
    if (command.do === 'move backend') return this.stack.moveToBackend(this.#fresh())
    if (command.do === 'rename project') return this.stack.renameProject(this.#fresh())
    if (command.do === 'kill') return this.#kill()
    if (command.do === 'lose a run') return this.#loseRun()
    if (command.do === 'destroy one') return this.#destroy(command.at)
    const doc = this.documents[command.at]
    if (command.do === 'add') return this.#add()
    if (doc === undefined) return
    if (command.do === 'drift') return this.#drift(doc)
    if (command.do === 'delete by hand') return this.#deleteByHand(doc)
    this.documents = this.#edited(command.do, doc)
  }

  #edited(what: Command['do'], doc: Doc): readonly Doc[] {
    const [first, second, ...rest] = this.documents
    const replaced = (by: Doc): readonly Doc[] => this.documents.map((d) => (d === doc ? by : d))
    if (what === 'remove') return this.documents.filter((d) => d !== doc)
    if (what === 'rename') return replaced({ ...doc, name: this.#fresh() })
    if (what === 'edit') return replaced({ ...doc, external: this.#fresh() })
    if (what === 'policy') return replaced({ ...doc, policy: doc.policy === 'Retain' ? 'Delete' : 'Retain' })
    if (what === 'change key') return replaced({ ...doc, key: this.#fresh() })
    if (first === undefined || second === undefined) return this.documents
    return [{ ...first, name: second.name }, { ...second, name: first.name }, ...rest]
  }

  #freeKey = (): string | undefined => KEYS.find((key) => !this.documents.some((d) => d.key === key))

  #add(): void {
    const key = this.#freeKey()
    if (key === undefined) return
    this.documents = [...this.documents, { name: this.#fresh(), key, external: this.#fresh(), policy: 'Retain' }]
  }

  /** Somebody else changes the object of a document, which stands as it should after the next run. */
  async #drift({ key }: Doc): Promise<void> {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    const Operations = [{ op: 'replace', path: 'externalId', value: 'drifted' }]
    for (const { id } of await this.#groups(key))
      await this.stack.call('PATCH', `${GROUPS}/${id}`, { schemas, Operations })
  }

  async #deleteByHand({ key }: Doc): Promise<void> {
    for (const { id } of await this.#groups(key)) await this.stack.call('DELETE', `${GROUPS}/${id}`)
    this.#expected.delete(key)
  }

  async #groups(key?: string): Promise<readonly Found[]> {
    const { body } = await this.stack.call('GET', GROUPS)
    const { Resources: found = [] } = body as { readonly Resources?: readonly Found[] }
    return key === undefined ? found : found.filter((g) => g.displayName === key)
  }

  /** A run that ends in the middle of its first writes. */
  async #kill(): Promise<void> {
    await this.write()
    const run = this.stack.start(['up', '--yes', '--skip-preview', '--refresh', '--diff'], (output) => {
      if (/Group/.test(output)) run.kill()
    })
    await run.ended
    await this.stack.cancel()
  }

  /** The state of before the last run is put back, as from a backup. */
  async #loseRun(): Promise<void> {
    const [file, applied] = [await this.stack.export(), this.#applied]
    await this.run()
    await this.stack.import(file)
    this.#applied = applied
  }

  /** What a present document describes is only forgotten. */
  async #destroy(at: number): Promise<void> {
    const doc = this.#applied[at]
    if (doc === undefined) return
    const ran = await this.stack.run(['destroy', '--yes', '--skip-preview', '--target', `**Group::${doc.name}`])
    expect(ran.code, ran.output).toBe(0)
    this.#applied = this.#applied.filter((d) => d !== doc)
  }

  write = (): Promise<void> => this.stack.documents(VAULT, TENANT, ...this.documents.map(yaml))

  async run(): Promise<void> {
    await this.write()
    const ran = await this.stack.up('--refresh')
    expect(ran.code, ran.output).toBe(0)
    for (const before of this.#applied) if (this.#isGone(before)) this.#expected.delete(before.key)
    for (const { key, external } of this.documents) this.#expected.set(key, external)
    this.#applied = this.documents
  }

  /** Its document gave it another name, or went and said that it goes too. */
  #isGone({ name, key, policy }: Doc): boolean {
    if (this.documents.some((d) => d.key === key)) return false
    const successor = this.documents.find((d) => d.name === name)
    const isRenamed = successor !== undefined && !this.#applied.some((d) => d.key === successor.key)
    return isRenamed || policy === 'Delete'
  }

  async check(): Promise<void> {
    const found = (await this.#groups()).map((g) => [g.displayName, g.externalId])
    expect(found.toSorted()).toEqual([...this.#expected].toSorted())
  }

  async nothingIsLeft(): Promise<void> {
    const again = await this.stack.run(['preview', '--expect-no-changes'])
    expect(again.code, again.output).toBe(0)
  }
}

describe('the life of objects under the real engine', () => {
  let stack: Stack
  let world: World
  beforeAll(async () => {
    stack = await Stack.create('model')
    await stack.guards('{allow: [delete, empty, replace], maxDeleteShare: 1}')
    await stack.call('POST', '/v1/tenants', { tenant_id: 'corp' })
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    await stack.call('POST', GROUPS, { schemas, displayName: FOREIGN, externalId: 'by-hand' })
    world = new World(stack)
    world.documents = KEYS.slice(0, 3).map((key) => ({
      name: `first-${key}`,
      key,
      external: 'first',
      policy: 'Retain',
    }))
    await world.run()
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it.each(sequencesOf().map((sequence, i) => [i, sequence.map((one) => one.do).join(', '), sequence] as const))(
    '%i: what documents describe is there once and as they say, and nothing else was touched, after %s',
    async (i, _words, sequence) => {
      for (const command of sequence) await world.perform(command)
      await world.run()
      await world.check()
      // Another run of the engine, so not after each.
      if (i % 2 === 1) await world.nothingIsLeft()
    },
    180_000,
  )
})
