import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import { isSecret, overlay, picked, without } from '../merge.ts'
import { type CimDocument, updateUnits } from './document.ts'

/** Entries of the login methods list. The sent list is the new list, so every write carries all of them. */
export class LoginMethodsAdapter implements Adapter {
  readonly #kind: Kind
  readonly #document: CimDocument

  constructor(kind: Kind, document: CimDocument) {
    this.#kind = kind
    this.#document = document
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed | undefined> {
    const entries = this.#entriesIn(await this.#document.v2.get(signal))
    const found = this.#find(entries, target)
    return found && this.#observed(found)
  }

  async *list(_tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    for (const entry of this.#entriesIn(await this.#document.v2.get(signal))) yield this.#observed(entry)
  }

  /** By id where one is known, else by the natural key, which is unique. */
  #find(entries: readonly Wire[], target: Target): Wire | undefined {
    const byId = entries.find((e) => target.id !== undefined && e.id === target.id)
    return byId ?? entries.find((e) => this.#keyOf(e) === target.key)
  }

  #keyOf(entry: Wire): string {
    return this.#kind.key(fromWire(this.#kind.spec, entry), '')
  }

  #observed(raw: Wire): Observed {
    return { id: String(raw.id), key: this.#keyOf(raw), spec: fromWire(this.#kind.spec, raw), raw }
  }

  async create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    const entries = await this.#fresh(signal)
    if (this.#find(entries, target)) {
      throw new PlumblineError('ALREADY_EXISTS', `${target.address}: a login method ${target.key} exists already`)
    }
    await this.#write([...entries, this.#wire(desired)], signal)
    const created = this.#find(this.#entriesIn(await this.#document.v2.get(signal)), target)
    if (created) return { id: String(created.id) }
    throw new PlumblineError('DIVERGED', `${target.address}: the login method was written and is not in the list`)
  }

  async update(
    target: Target,
    observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<undefined> {
    const entries = await this.#fresh(signal)
    const found = entries.find((e) => e.id === observed.id)
    if (!found) throw new PlumblineError('NOT_FOUND', `${target.address}: the login method has vanished`)
    const changed = overlay(this.#kind.spec, found, this.#wire(picked(desired, changes)))
    await this.#write(
      entries.map((e) => (e === found ? changed : e)),
      signal,
    )
  }

  async delete(_target: Target, observed: Observed, signal: AbortSignal): Promise<void> {
    const entries = await this.#fresh(signal)
    const rest = entries.filter((e) => e.id !== observed.id)
    if (rest.length < entries.length) await this.#write(rest, signal)
  }

  #wire(spec: Desired): Wire {
    return toWire(this.#kind.spec, spec, this.#document.client.reveal)
  }

  async #fresh(signal: AbortSignal): Promise<readonly Wire[]> {
    return this.#entriesIn(await this.#document.fresh(this.#document.v2, signal))
  }

  /** Without secrets: a mask must never be sent back, and a value never be handed on. */
  #entriesIn(document: Wire): readonly Wire[] {
    return entriesIn(document).map((entry) => without(this.#kind.spec, entry, isSecret))
  }

  #write(entries: readonly Wire[], signal: AbortSignal): Promise<void> {
    return this.#document.write(updateUnits({ login_methods: { login_methods: entries } }), signal)
  }
}

/** Throws rather than taking an answer without the list for an empty one: a write would remove every method. */
function entriesIn(document: Wire): readonly Wire[] {
  const methods = document.login_methods
  const entries = isRecord(methods) ? methods.login_methods : undefined
  if (Array.isArray(entries) && entries.every(isRecord)) return entries
  throw new PlumblineError('UNEXPECTED_RESPONSE', 'OneWelcomeCim getConfiguration: answered without the login methods')
}
