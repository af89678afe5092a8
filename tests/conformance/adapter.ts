import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Spec } from '../../config/resource.ts'
import type { Adapter, Change, Observed, Target } from '../../reconciler/adapter.ts'
import { diffSpec } from '../../reconciler/diff.ts'

const signal = new AbortController().signal

/** The obligations of an adapter that a case can be excused from, with the reason. */
type Obligation = 'absent' | 'create' | 'createAgain' | 'update' | 'delete' | 'list'

/** One kind with sample specs. */
export interface AdapterCase {
  readonly kind: string
  /** Natural key of the sample. */
  readonly key: string
  /** What is created. Secrets are `Secret` values. */
  readonly desired: Spec
  /** What is changed afterwards; `null` unsets. */
  readonly changed: Spec
  /** Obligation → why the system cannot meet it. */
  readonly skips?: Partial<Readonly<Record<Obligation, string>>>
}

/** A fresh place for one test: its own organization and tenant. */
interface Place {
  readonly adapter: Adapter
  readonly tenant?: string
  /** Makes a key its own where all places share one name space. */
  readonly suffix?: string
}

export interface Surroundings {
  open(kind: Kind): Promise<Place>
  /** Clear values that must not be seen anywhere. */
  planted(): readonly string[]
}

/** What every adapter owes to core, as a suite over cases (interface: reconciler/adapter.ts). */
export function adapterConformance(cases: readonly AdapterCase[], surroundings: Surroundings): void {
  describe.each(cases)('$kind', (sample) => {
    const kind = kindOf(sample.kind) as Kind
    const obligation = (name: Obligation, title: string, test: (subject: Subject) => Promise<void>): void => {
      const reason = sample.skips?.[name]
      if (reason !== undefined) it.skip(`${title} (${reason})`, () => {})
      else it(title, async () => test(await Subject.open(kind, sample, surroundings)))
    }

    obligation('absent', 'is observed as absent before it is created', async (subject) => {
      expect(await subject.observe()).toBeUndefined()
    })

    obligation('create', 'has the named fields once created', async (subject) => {
      await subject.create()
      expect(subject.differences(sample.desired, await subject.present())).toEqual([])
    })

    obligation('createAgain', 'is not made twice', async (subject) => {
      const id = await subject.create()
      expect(await subject.createAgain()).toBeOneOf(['ALREADY_EXISTS', id])
    })

    obligation('update', 'changes what the changes name and nothing else', async (subject) => {
      await subject.create()
      const before = await subject.present()
      await subject.update(before, sample.changed)
      expect((await subject.present()).spec).toEqual(laidOver(before.spec, sample.changed))
    })

    obligation('update', 'may be changed twice with the same result', async (subject) => {
      await subject.create()
      const before = await subject.present()
      const once = await subject.update(before, sample.changed).then(() => subject.present())
      const twice = await subject.update(before, sample.changed).then(() => subject.present())
      expect(twice.spec).toEqual(once.spec)
    })

    obligation('delete', 'is absent once deleted, and may be deleted twice', async (subject) => {
      await subject.create()
      const observed = await subject.present()
      await subject.adapter.delete(subject.target, observed, signal)
      expect(await subject.observe()).toBeUndefined()
      await expect(subject.adapter.delete(subject.target, observed, signal)).resolves.toBeUndefined()
    })

    obligation('list', 'is in the list as it is observed', async (subject) => {
      await subject.create()
      const { key, spec } = await subject.present()
      const listed: Observed[] = []
      for await (const one of subject.adapter.list?.(subject.target.tenant, signal) ?? []) listed.push(one)
      expect(listed).toContainEqual(expect.objectContaining({ key, spec }))
    })

    obligation('create', 'shows no secret in what is observed', async (subject) => {
      await subject.create()
      const shown = inspect(await subject.observe(), { depth: null, showHidden: true })
      expect(surroundings.planted().filter((secret) => shown.includes(secret))).toEqual([])
    })
  })
}

/** One object under test, in a place of its own. */
class Subject {
  readonly kind: Kind
  readonly adapter: Adapter
  target: Target
  readonly #desired: Spec

  static async open(kind: Kind, sample: AdapterCase, surroundings: Surroundings): Promise<Subject> {
    return new Subject(kind, sample, await surroundings.open(kind))
  }

  private constructor(kind: Kind, sample: AdapterCase, { adapter, tenant, suffix = '' }: Place) {
    const key = sample.key + suffix
    this.kind = kind
    this.adapter = adapter
    this.#desired = sample.desired
    const scope = kind.scope === 'tenant' && tenant !== undefined ? { tenant } : {}
    this.target = { kind, address: `${kind.name}/${key}`, key, ...scope }
  }

  observe(): Promise<Observed | undefined> {
    return this.adapter.observe(this.target, signal)
  }

  async present(): Promise<Observed> {
    const observed = await this.observe()
    if (!observed) throw new Error(`${this.target.address} is absent`)
    return observed
  }

  /** Creates it and keeps its id, as core does. */
  async create(): Promise<string> {
    const { id } = await this.adapter.create(this.target, this.#desired, signal)
    this.target = { ...this.target, id }
    return id
  }

  createAgain(): Promise<string> {
    return this.adapter.create(this.target, this.#desired, signal).then(
      ({ id }) => id,
      (error: { code?: string }) => error.code ?? String(error),
    )
  }

  async update(observed: Observed, changed: Spec): Promise<void> {
    await this.adapter.update(this.target, observed, changed, this.differences(changed, observed), signal)
  }

  /** Fields that cannot be read back are taken as sent. */
  differences(desired: Spec, observed: Observed): readonly Change[] {
    const changes = diffSpec(this.kind, desired, { observed: observed.spec, memo: {}, delivered: true })
    return observed.raw === undefined ? [] : changes.filter((c) => c.secret === undefined)
  }
}

/** The changes of a sample laid over a spec: objects merge, `null` removes a member of a map, all else is replaced. */
function laidOver(spec: Spec, changed: Spec): Spec {
  const out: Record<string, unknown> = { ...spec }
  for (const [name, value] of Object.entries(changed)) {
    const old = out[name]
    if (isRecord(value) && isRecord(old)) out[name] = laidOver(old, value)
    else if (value === null && typeof old === 'string') delete out[name]
    else out[name] = value
  }
  return out
}
