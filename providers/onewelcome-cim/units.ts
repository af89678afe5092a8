import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import type { Operation } from '../client.ts'
import { isSecret, overlay, picked, without } from '../merge.ts'
import { cannotDelete } from '../session.ts'
import { type CimDocument, updateUnits } from './document.ts'

/** One unit or section of the configuration. */
interface Unit {
  readonly version: 'v1' | 'v2'
  /** Where it stands in the document that is read. */
  readonly at: readonly string[]
  /** Member of the kind's own wire form that holds it; absent: all that no other unit of the kind holds. */
  readonly member?: string
  readonly write: (unit: Wire) => Operation
  /** Field that switches the configuration API itself off when it is false. */
  readonly closes?: string
}

const unit = (name: string, id: string, path: string): Unit => ({
  version: 'v2',
  at: [name],
  write: (body) => ({ id, method: 'POST', path, body }),
})
const section = (name: string, member?: string): Unit => ({
  version: 'v1',
  at: [name],
  ...(member === undefined ? {} : { member }),
  write: (body) => updateUnits({ [name]: body }),
})

/** Kind → its units (contract onewelcome-cim; notes, "Units"). */
export const UNITS: Readonly<Record<string, readonly Unit[]>> = {
  CimFeatures: [
    {
      ...unit('features', 'updateFeatures', '/api/v2/config/features'),
      write: (body) => ({
        id: 'updateFeatures',
        method: 'POST',
        path: '/api/v2/config/features',
        body: withoutUrls(body),
      }),
      closes: 'configuration_api_enabled',
    },
  ],
  CimAttributes: [unit('attributes', 'updateAttributes', '/api/v2/attributes'), section('profile', 'profile')],
  CimStepUp: [unit('step_up', 'updateStepUp', '/api/v2/config/step-up')],
  CimUiExtension: [unit('ui_extension', 'updateUiExtension', '/api/v2/config/ui-extension')],
  CimMobileLogin: [
    {
      version: 'v2',
      at: ['login_methods', 'mobile_login'],
      write: (body) => updateUnits({ login_methods: { mobile_login: body } }),
    },
  ],
  CimPasswordPolicy: [section('password_policy')],
}

/** The allow list is managed one by one, by CimActionTokenUrl. */
function withoutUrls(features: Wire): Wire {
  if (!isRecord(features.action_token)) return features
  const { whitelisted_urls: _, ...actionToken } = features.action_token
  return { ...features, action_token: actionToken }
}

/** A singleton of CIM: neither created nor deleted, written as a whole over a fresh read. */
export class Units implements Adapter {
  readonly #kind: Kind
  readonly #units: readonly Unit[]
  readonly #document: CimDocument
  readonly delete: Adapter['delete']

  constructor(kind: Kind, units: readonly Unit[], document: CimDocument) {
    this.#kind = kind
    this.#units = units
    this.#document = document
    this.delete = cannotDelete(kind)
  }

  async observe(_target: Target, signal: AbortSignal): Promise<Observed> {
    const raw: Record<string, unknown> = {}
    for (const one of this.#units) {
      const found = unitIn(one, await this.#document[one.version].get(signal))
      Object.assign(raw, one.member === undefined ? found : { [one.member]: found })
    }
    return { id: this.#kind.name, key: '', spec: fromWire(this.#kind.spec, raw), raw }
  }

  async *list(_tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    yield await this.observe({ kind: this.#kind, address: this.#kind.name, key: '' }, signal)
  }

  async create(_target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    await this.#write(toWire(this.#kind.spec, desired), signal)
    return { id: this.#kind.name }
  }

  async update(
    _target: Target,
    _observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<undefined> {
    await this.#write(toWire(this.#kind.spec, picked(desired, changes)), signal)
  }

  async #write(wanted: Wire, signal: AbortSignal): Promise<void> {
    for (const one of this.#units) {
      const part = this.#partOf(one, wanted)
      if (Object.keys(part).length > 0) await this.#writeUnit(one, part, signal)
    }
  }

  #partOf({ member }: Unit, wanted: Wire): Wire {
    if (member !== undefined) return isRecord(wanted[member]) ? wanted[member] : {}
    const apart = new Set(this.#units.map((u) => u.member))
    return Object.fromEntries(Object.entries(wanted).filter(([name]) => !apart.has(name)))
  }

  async #writeUnit(one: Unit, wanted: Wire, signal: AbortSignal): Promise<void> {
    const document = this.#document
    const whole = await document.fresh(document[one.version], signal)
    const found = unitIn(one, whole)
    const body = overlay(this.#kind.spec, without(this.#kind.spec, found, isSecret), wanted)
    if (one.closes !== undefined && body[one.closes] === false) {
      return document.close(one.write(body), { ...whole, [one.at[0] ?? '']: body }, signal)
    }
    await document.write(one.write(body), signal)
    if (one.version === 'v1') refuseUnchanged(one, found, body, unitIn(one, await document.v1.get(signal)))
  }
}

/** The contract promises no write of version 1 sections (notes, oddity 2): one that changes nothing is not tried again. */
function refuseUnchanged({ at }: Unit, before: Wire, sent: Wire, after: Wire): void {
  if (isDeepStrictEqual(before, sent) || !isDeepStrictEqual(before, after)) return
  throw new PlumblineError('DIVERGED', `OneWelcomeCim: ${at.join('.')} was sent and is unchanged`, {
    help: 'This installation does not let its configuration API write that section. Observe it instead.',
  })
}

function unitIn({ at }: Unit, document: Wire): Wire {
  const found = at.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), document)
  return isRecord(found) ? found : {}
}
