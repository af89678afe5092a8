import { PlumblineError } from '../../config/errors.ts'
import type { Kind, SystemName } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import { picked } from '../../providers/merge.ts'
import type { Adapter, Session, System, Target } from '../../reconciler/adapter.ts'
import { Secret } from '../../reconciler/secret.ts'
import type { MemoryBook } from './memory-book.ts'

/**
 * A system in memory, for tests of the core only: it keeps wire objects, merges what is written, and records every
 * call. Real systems are spoken to in the provider tests.
 */
export class MemorySystem implements System {
  readonly name: SystemName
  readonly parallelWrites: number
  readonly objects = new Map<string, Wire>()
  /** Every call that reached the system, e.g. `create Tenant/acme`. */
  readonly calls: string[] = []
  /** Fails the next call whose text matches; removed when it has fired. */
  readonly faults: { readonly call: RegExp; readonly error: PlumblineError; readonly afterwards?: boolean }[] = []
  /** Runs after every write that was taken. */
  afterWrite: () => void = () => {}
  /** Runs after every look. */
  afterRead: () => void = () => {}
  /** What the system tells of a value that it shows once, by place. */
  readonly fingerprints = new Map<string, string>()
  /** Who manages what, where the system keeps a book about it. */
  book: MemoryBook | undefined
  /** The system tells where it is; absent: its base URL has to do. */
  tellPlace: (() => Promise<string>) | undefined
  writesAtOnce = 0
  mostWritesAtOnce = 0
  finalized = 0

  constructor(name: SystemName = 'SecretsVault', parallelWrites = 8) {
    this.name = name
    this.parallelWrites = parallelWrites
  }

  connect(): Session {
    const { book, tellPlace } = this
    return {
      adapter: (kind) => this.#adapter(kind),
      ...(book === undefined ? {} : { claims: book }),
      ...(tellPlace === undefined ? {} : { place: tellPlace }),
      refresh: () => {},
      finalize: async () => {
        this.#call('finalize')
        this.finalized += 1
      },
    }
  }

  /** Id of an object; its place unless a test says otherwise. */
  idOf = (target: Pick<Target, 'kind' | 'key' | 'tenant'>): string => this.place(target)

  place(target: Pick<Target, 'kind' | 'key' | 'tenant'>): string {
    return `${target.kind.name}/${target.tenant === undefined ? '' : `${target.tenant}/`}${target.key}`
  }

  #adapter(kind: Kind): Adapter {
    return {
      observe: async (target) => {
        this.#call(`observe ${this.place(target)}`)
        const wire = this.objects.get(this.place(target))
        this.afterRead()
        const fingerprint = this.fingerprints.get(this.place(target))
        const told = fingerprint === undefined ? {} : { fingerprint }
        return wire && { id: this.idOf(target), key: target.key, spec: fromWire(kind.spec, wire), raw: wire, ...told }
      },
      create: async (target, desired) => {
        await this.#write(`create ${this.place(target)}`, () =>
          this.objects.set(this.place(target), toWire(kind.spec, desired, reveal)),
        )
        return { id: this.idOf(target), ...(kind.produces ? { produced: new Secret('produced-once') } : {}) }
      },
      update: async (target, _observed, desired, changes) => {
        await this.#write(`update ${this.place(target)}`, () =>
          this.objects.set(this.place(target), {
            ...this.objects.get(this.place(target)),
            ...toWire(kind.spec, picked(desired, changes), reveal),
          }),
        )
        return kind.produces ? { produced: new Secret('produced-again') } : undefined
      },
      delete: (target) => this.#write(`delete ${this.place(target)}`, () => this.objects.delete(this.place(target))),
    }
  }

  async #write(call: string, act: () => unknown): Promise<void> {
    this.writesAtOnce += 1
    this.mostWritesAtOnce = Math.max(this.mostWritesAtOnce, this.writesAtOnce)
    await new Promise((resolve) => setImmediate(resolve))
    this.writesAtOnce -= 1
    const fault = this.faults.find((f) => f.call.test(call))
    if (fault?.afterwards) act()
    this.#call(call)
    act()
    this.afterWrite()
  }

  #call(call: string): void {
    this.calls.push(call)
    const at = this.faults.findIndex((f) => f.call.test(call))
    if (at < 0) return
    const [fault] = this.faults.splice(at, 1)
    throw fault?.error ?? new PlumblineError('INTERNAL', 'unreachable')
  }

  /** The writes so far, without the reads. */
  get writes(): readonly string[] {
    return this.calls.filter((call) => !call.startsWith('observe'))
  }
}

const reveal = (value: unknown): string | undefined => (value instanceof Secret ? value.reveal() : undefined)
