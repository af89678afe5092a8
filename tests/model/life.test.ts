import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import type { Action } from '../../reconciler/model.ts'
import { isPending } from '../../reconciler/plan.ts'
import { document } from '../support/world.ts'
import { Owner } from './owner.ts'
import { ADDRESSES, type Environment, environmentAt, Services, TENANTS } from './services.ts'

const SEQUENCES = Number(process.env.PLUMBLINE_MODEL_SEQUENCES ?? 1_000)
const NAMES = ['one', 'two'] as const
const KEYS = ['Sales', 'sales', 'Ops'] as const
const FOREIGN = 'made-by-hand'

let services: Services
beforeAll(async () => {
  services = await Services.open()
})
afterAll(() => services.close())

/** Reads of everything that there is grow with the lives before. */
const LIVES_PER_SERVICE = 25
async function renewServices(): Promise<void> {
  await services.close()
  services = await Services.open()
}

/** Another owner holds it, or an object that nobody described has the name. */
const EXPECTED_REFUSAL = /manages it|takes? over|another object is called/

/** What one document says of its Group. */
interface Described {
  readonly tenant: string
  readonly key: string
  readonly external: string
  readonly deletionPolicy: 'Retain' | 'Delete'
}

const described = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  key: fc.constantFrom(...KEYS),
  external: fc.constantFrom('x', 'y'),
  deletionPolicy: fc.constantFrom('Retain' as const, 'Delete' as const),
})
const who = fc.constantFrom(0, 0, 0, 1)
const name = fc.constantFrom(...NAMES)

/** What may happen in an object's life. */
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('write' as const), who, name, described }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('rename' as const), who, name, to: name }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('remove' as const), who, name }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('swap' as const), who, name, to: name }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('connect' as const), who, to: fc.constantFrom(...ADDRESSES) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('renameConnection' as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('renameRobot' as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('loseMemory' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('byHand' as const),
      described,
      makes: fc.boolean(),
      at: fc.constantFrom('dev' as const, 'prod' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('run' as const),
      who,
      prune: fc.boolean(),
      takeOver: fc.boolean(),
      killAfter: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }) },
      ),
    }),
  },
)
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

/** The desired state of one owner. */
class Desk {
  readonly owner: Owner
  readonly documents = new Map<string, Described>()
  address: string = ADDRESSES[0]
  connection = 'vault'
  /** Name of the document of an API key. */
  robot = 'robot'

  constructor(owner: Owner) {
    this.owner = owner
  }

  get environment(): Environment {
    return environmentAt(this.address)
  }

  resources(prefix: string): readonly Resource[] {
    const connectionRef = { name: this.connection }
    const credentials = { apiKey: { fromEnv: 'ADMIN_KEY' } }
    return [
      document('Connection', this.connection, { system: 'SecretsVault', endpoint: this.address, credentials }),
      ...[...this.documents].map(([name, { tenant, key, external, deletionPolicy }]) =>
        document('Group', name, {
          connectionRef,
          tenantRef: { id: tenant },
          displayName: `${prefix} ${key}`,
          externalId: external,
          deletionPolicy,
        }),
      ),
      document('ApiKey', this.robot, {
        connectionRef,
        tenantRef: { id: TENANTS[0] },
        displayName: `${prefix} ${this.owner.name}`,
        scopes: ['users:read'],
        writeTo: this.writeTo,
      }),
    ]
  }

  /** A place for each environment, as a project file says. */
  get writeTo() {
    return { file: `${this.environment}/robot.key` }
  }

  /** Documents that describe no other one's object. */
  describes(name: string, { tenant, key }: Described): boolean {
    const isSame = (d: Described): boolean => d.tenant === tenant && d.key.toLowerCase() === key.toLowerCase()
    return [...this.documents].some(([other, d]) => other !== name && isSame(d))
  }
}

/** One life: what was written last by whom, so that nobody else's object is touched. */
class Life {
  readonly #prefix: string
  readonly #desks: readonly Desk[]
  /** Objects that nobody's documents made, by place, as they were made by hand. */
  readonly #foreign = new Set<string>()
  readonly #holders = new Map<string, Desk>()

  constructor(prefix: string) {
    this.#prefix = prefix
    this.#desks = ['a', 'b'].map((owner) => new Desk(new Owner(`${owner} of ${prefix}`, services)))
  }

  /** The first owner has described something, and applied it. */
  async begins(): Promise<void> {
    for (const [i, name] of NAMES.entries()) {
      const described = { tenant: TENANTS[0], key: KEYS[i * 2] ?? 'Ops', external: 'x' as const }
      await this.happens({
        does: 'write',
        who: 0,
        name,
        described: { ...described, deletionPolicy: i === 0 ? 'Retain' : 'Delete' },
      })
    }
    await this.happens({ does: 'run', who: 0, prune: false, takeOver: false, killAfter: undefined })
  }

  async happens(e: Event): Promise<void> {
    if (e.does === 'byHand') return this.#byHand(e)
    const desk = this.#desks[e.who] as Desk
    if (e.does === 'run') return this.#run(desk, e)
    if (e.does === 'loseMemory') desk.owner.loseMemory()
    else if (e.does === 'connect') desk.address = e.to
    else if (e.does === 'renameRobot') desk.robot = desk.robot === 'robot' ? 'machine' : 'robot'
    else if (e.does === 'renameConnection') desk.connection = desk.connection === 'vault' ? 'depot' : 'vault'
    else edit(desk, e)
  }

  async #byHand({ described: { tenant, key }, makes, at }: Event & { does: 'byHand' }): Promise<void> {
    const called = `${this.#prefix} ${key}`
    const place = `${at} ${tenant} ${called}`.toLowerCase()
    if (!makes) {
      await services.deleteGroups(at, tenant, called)
      this.#foreign.delete(place)
    } else if ((await services.groups(at, tenant, called)).length === 0) {
      await services.makeGroup(at, tenant, called, FOREIGN)
      this.#foreign.add(place)
    }
  }

  async #run(desk: Desk, { prune, takeOver, killAfter }: Event & { does: 'run' }): Promise<void> {
    const resources = desk.resources(this.#prefix)
    const before = await this.#lives()
    const options = { prune, takeOver }
    const outcomes = await desk.owner.run(resources, killAfter === undefined ? options : { ...options, killAfter })
    await this.#keptOthers(desk, before, takeOver)
    if (killAfter !== undefined) return this.#noteReached(desk)
    for (const { step } of outcomes) happened.set(step.action, (happened.get(step.action) ?? 0) + 1)
    const refused = new Set(outcomes.filter((o) => o.status !== 'done').map((o) => o.step.address))
    const isExpected = (why: string): boolean => EXPECTED_REFUSAL.test(why) && !why.includes(`${desk.owner.id} (`)
    const failed = outcomes.filter((o) => o.status === 'failed' && !isExpected(o.error?.message ?? ''))
    expect(failed.map((o) => `${o.step.action} ${o.step.address}: ${o.error?.message}`)).toEqual([])
    this.#noteHolders(desk, prune, refused)
    for (const [name, d] of desk.documents) if (!refused.has(`Group/${name}`)) await this.#isAsDescribed(desk, d)
    if (!refused.has(`ApiKey/${desk.robot}`)) await this.#keyOpens(desk)
    const { steps } = await desk.owner.plan(resources, { prune })
    const again = steps.filter(isPending).map((s) => `${s.action} ${s.address} ${s.because ?? ''}`)
    expect(again, 'a second run does nothing').toEqual([])
  }

  async #isAsDescribed({ environment }: Desk, { tenant, key, external }: Described): Promise<void> {
    const found = await services.groups(environment, tenant, `${this.#prefix} ${key}`)
    expect(
      found.map((g) => g.external),
      `${environment} ${tenant} ${key}`,
    ).toEqual([external])
    this.#foreign.delete(`${environment} ${tenant} ${this.#prefix} ${key}`.toLowerCase())
  }

  /** What was delivered is the value of the key that is there. */
  async #keyOpens({ owner, writeTo, environment }: Desk): Promise<void> {
    const value = owner.delivered.get(JSON.stringify(writeTo))
    expect(await services.statusWith(environment, TENANTS[0], value ?? ''), `the key of ${owner.name}`).toBe(200)
  }

  /** Every object of this life, as it is now. */
  async #lives(): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(
      (['dev', 'prod'] as const).flatMap((environment) =>
        TENANTS.map(async (tenant) => {
          const groups = await services.groups(environment, tenant, this.#prefix, 'sw')
          return groups.map(
            (g) => [`${environment} ${tenant} ${g.name}`.toLowerCase(), `${g.id} ${g.external}`] as const,
          )
        }),
      ),
    )
    return new Map(found.flat())
  }

  /** Made by hand and described by nobody, or held by the other owner and not taken over: it is as it was. */
  async #keptOthers(desk: Desk, before: ReadonlyMap<string, string>, takeOver: boolean): Promise<void> {
    const after = await this.#lives()
    const own = new Set([...desk.documents.values()].map((d) => this.#placeOf(desk, d)))
    const foreign = [...this.#foreign].filter((place) => !own.has(place))
    const theirs = takeOver ? [] : [...this.#holders].flatMap(([place, by]) => (by === desk ? [] : [place]))
    for (const place of [...foreign, ...theirs])
      expect(after.get(place), `${place} is somebody else's`).toBe(before.get(place))
  }

  /** A run that was killed may have got at any object that its documents describe. */
  #noteReached(desk: Desk): void {
    for (const d of desk.documents.values()) this.#foreign.delete(this.#placeOf(desk, d))
  }

  /** After a whole run: what it has not been refused it holds, and what it has ended it does not. */
  #noteHolders(desk: Desk, prune: boolean, refused: ReadonlySet<string>): void {
    if (prune) for (const [place, by] of this.#holders) if (by === desk) this.#holders.delete(place)
    for (const [name, d] of desk.documents)
      if (!refused.has(`Group/${name}`)) this.#holders.set(this.#placeOf(desk, d), desk)
  }

  #placeOf({ environment }: Desk, { tenant, key }: Described): string {
    return `${environment} ${tenant} ${this.#prefix} ${key}`.toLowerCase()
  }
}

function edit(desk: Desk, e: Extract<Event, { does: 'write' | 'rename' | 'remove' | 'swap' }>): void {
  const { documents } = desk
  const own = documents.get(e.name)
  if (e.does === 'write') {
    if (!desk.describes(e.name, e.described)) documents.set(e.name, e.described)
    return
  }
  documents.delete(e.name)
  if (own === undefined || e.does === 'remove') return
  const other = documents.get(e.to)
  documents.set(e.to, own)
  if (e.does === 'swap' && other !== undefined) documents.set(e.name, other)
}

/** How often each action was taken in whole runs. */
const happened = new Map<Action, number>()
const ACTIONS: readonly Action[] = ['create', 'adopt', 'update', 'none', 'move', 'leave', 'forget', 'delete', 'blocked']
let lives = 0

it(`what present documents describe exists once, as described, through ${SEQUENCES} lives of objects`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 8, maxLength: 12, size: 'max' }), async (events) => {
      lives += 1
      if (lives % LIVES_PER_SERVICE === 0) await renewServices()
      const life = new Life(`life ${lives};`)
      await life.begins()
      for (const e of events) await life.happens(e)
    }),
    { numRuns: SEQUENCES, endOnFailure: process.env.CI !== undefined },
  )
}, 600_000)

it.each(ACTIONS)('these lives hold enough of %s', (action) => {
  expect(happened.get(action) ?? 0).toBeGreaterThan(SEQUENCES / 20)
})
