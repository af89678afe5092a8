import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import { tokens } from '../../reconciler/pointer.ts'
import { picked } from '../merge.ts'
import { encoded } from '../session.ts'
import type { CimDocument } from './document.ts'

const DEFAULT = 'default'
const textsOf = (locale: string): string => `/api/v2/config/custom-messages/${encoded(locale)}`

/**
 * The texts of one locale variant. Every locale is there, most without any text of its own. Texts that a document does
 * not name stay, so the set is never replaced as a whole.
 */
export class Messages implements Adapter {
  readonly #kind: Kind
  readonly #document: CimDocument

  constructor(kind: Kind, document: CimDocument) {
    this.#kind = kind
    this.#document = document
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed> {
    const texts = localesIn(await this.#document.v2.get(signal)).get(target.key)
    return this.#observed(target.key, texts ?? {})
  }

  async *list(_tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    for (const [locale, texts] of localesIn(await this.#document.v2.get(signal))) yield this.#observed(locale, texts)
  }

  #observed(locale: string, texts: Wire): Observed {
    const spec = { locale, ...fromWire(this.#kind.spec, { messages: texts }) }
    return { id: locale, key: locale, spec, raw: texts }
  }

  async create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    await this.#write(target.key, desired, signal)
    return { id: target.key }
  }

  async update(
    target: Target,
    _observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<undefined> {
    await this.#write(target.key, picked(desired, changes), signal)
  }

  async #write(locale: string, spec: Desired, signal: AbortSignal): Promise<void> {
    const { messages = {} } = toWire(this.#kind.spec, spec) as { messages?: Wire }
    const entries = Object.entries(messages)
    const kept = Object.fromEntries(entries.filter(([, text]) => text !== null))
    if (Object.keys(kept).length > 0) {
      const path = `${textsOf(locale)}/batch`
      await this.#document.write({ id: 'upsertLocaleMessages', method: 'PUT', path, body: kept }, signal)
    }
    for (const [key, text] of entries) if (text === null) await this.#remove(locale, key, signal)
  }

  #remove(locale: string, key: string, signal: AbortSignal): Promise<void> {
    const path = `${textsOf(locale)}/${encoded(key)}`
    return this.#document.write({ id: 'deleteCustomMessage', method: 'DELETE', path, accepts: [404] }, signal)
  }

  /** Removes the texts that the document named; texts of others survive. */
  async delete(target: Target, observed: Observed, signal: AbortSignal): Promise<void> {
    const named = new Set((target.owned ?? []).flatMap((pointer) => tokens(pointer).at(-1) ?? []))
    for (const key of Object.keys(observed.raw as Wire)) {
      if (named.has(key)) await this.#remove(target.key, key, signal)
    }
  }
}

/** Locale variant → its texts; a locale without texts is not there. */
function localesIn(document: Wire): ReadonlyMap<string, Wire> {
  const texts = document.custom_messages
  if (!isRecord(texts)) throw malformed()
  const all = [[DEFAULT, texts.default ?? {}] as const, ...Object.entries(unwrapped(texts.locales ?? {}))]
  return new Map(
    all
      .map(([locale, found]): [string, Wire] => {
        if (!isRecord(found)) throw malformed()
        return [locale, found]
      })
      .filter(([, found]) => Object.keys(found).length > 0),
  )
}

/** The published example wraps the locales once more in `locales` (notes, oddity 4); a locale holds texts, not locales. */
function unwrapped(locales: unknown): Wire {
  if (!isRecord(locales)) throw malformed()
  const inner = locales.locales
  return isRecord(inner) && Object.values(inner).every(isRecord) ? inner : locales
}

const malformed = (): PlumblineError =>
  new PlumblineError('UNEXPECTED_RESPONSE', 'OneWelcomeCim getConfiguration: answered without the custom messages')
