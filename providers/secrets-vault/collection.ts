import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import { valueAt } from '../../config/references.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Change, Created, Desired, Observed, Produced, Target } from '../../reconciler/adapter.ts'
import { Secret } from '../../reconciler/secret.ts'
import type { Answer, Operation, SystemClient } from '../client.ts'
import { isSecret, overlay, picked, without } from '../merge.ts'
import { KEY_TAKEN } from '../reactions.ts'
import { cannotDelete, documentName } from '../session.ts'
import { Lists, pagesOf } from './pages.ts'
import type { ResourcePath, VaultResource } from './resources.ts'

const SECRET_BYTES = 32

/** One kind of the Secrets Vault contract, by the facts of its `Resource`. */
export class CollectionAdapter implements Adapter {
  readonly #kind: Kind
  readonly #resource: VaultResource
  readonly #client: SystemClient
  readonly #lists: Lists

  constructor(kind: Kind, resource: VaultResource, client: SystemClient) {
    this.#kind = kind
    this.#resource = resource
    this.#client = client
    this.#lists = new Lists(client, resource)
  }

  /** Lets the next look ask the system. */
  forget(): void {
    this.#lists.forget()
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed | undefined> {
    const raw = await this.#find(target, signal)
    return raw && this.#observed(raw, target.tenant)
  }

  /** By id where one is known; an object that was made anew has another one, so by key then. */
  async #find(target: Target, signal: AbortSignal): Promise<Wire | undefined> {
    const { readById, readByKey } = this.#resource
    const place = { tenant: target.tenant ?? '', key: target.key, id: target.id ?? '' }
    if (!readByKey) return this.#findInList(target, signal)
    const byId = readById && target.id !== undefined ? await this.#read(readById(place), signal) : undefined
    return byId ?? this.#read(readByKey(place), signal)
  }

  async #read(operation: Operation, signal: AbortSignal): Promise<Wire | undefined> {
    const answer = await this.#client.call(operation, signal)
    return answer.status === 404 ? undefined : this.#client.object(operation, answer)
  }

  async #findInList(target: Target, signal: AbortSignal): Promise<Wire | undefined> {
    const { id, key } = this.#resource
    const all = await this.#lists.get(target.tenant ?? '', signal)
    const byId = all.find((raw) => target.id !== undefined && raw[id] === target.id)
    if (byId) return byId
    const namesakes = all.filter((raw) => raw[key] === target.key)
    if (namesakes.length < 2) return namesakes[0]
    throw new PlumblineError('CONFLICT', `${target.address}: several objects are called ${target.key}`, {
      help: 'Name the id of the right one in externalRef.',
    })
  }

  async *list(tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    for await (const raw of pagesOf(this.#client, this.#resource, tenant ?? '', signal)) {
      yield this.#observed(raw, tenant)
    }
  }

  #placeOf(raw: Wire, tenant: string | undefined): ResourcePath {
    return { tenant: tenant ?? '', key: String(raw[this.#resource.key]), id: String(raw[this.#resource.id]) }
  }

  /** Answers may hold secrets in clear (notes to the contract, section 4); they stay out of what is handed on. */
  #observed(answer: Wire, tenant: string | undefined): Observed {
    const raw = without(this.#kind.spec, answer, isSecret)
    const { key, id } = this.#placeOf(raw, tenant)
    const spec = fromWire(this.#kind.spec, raw)
    const told = raw[this.#resource.fingerprint ?? '']
    const fingerprint = typeof told === 'string' && told !== '' ? { fingerprint: told } : {}
    return { id, key, spec, raw, ...fingerprint, ...(tenant === undefined ? {} : { tenant }) }
  }

  async create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    await this.#refuseNamesake(target, signal)
    const made = this.#made(desired)
    const body = { ...this.#record(target, desired), ...this.#wireOf(made) }
    const id = String(body[this.#resource.id] ?? '')
    const place = { tenant: target.tenant ?? '', key: target.key, id }
    const operation = { ...this.#resource.create(place), body, reactions: KEY_TAKEN }
    const answer = await this.#write(operation, signal)
    if (this.#resource.produces === undefined) return { id, ...(made && { produced: made }) }
    const produced = new Secret(this.#client.text(operation, answer, this.#resource.produces))
    return { id: this.#client.text(operation, answer, this.#resource.id), produced }
  }

  async #refuseNamesake(target: Target, signal: AbortSignal): Promise<void> {
    if (!this.#resource.namesakes) return
    this.forget()
    if ((await this.#findInList(target, signal)) === undefined) return
    throw new PlumblineError('ALREADY_EXISTS', `${target.address}: ${target.key} exists already`)
  }

  /** A secret of our own, where the document says where it goes. */
  #made(desired: Desired): Secret | undefined {
    const { produces } = this.#kind
    if (this.#resource.makes === undefined || produces === undefined) return undefined
    if (valueAt(desired, produces) === undefined) return undefined
    return new Secret(randomBytes(SECRET_BYTES).toString('base64url'))
  }

  #wireOf(made: Secret | undefined): Wire {
    const { makes } = this.#resource
    return makes === undefined || made === undefined ? {} : { [makes]: made.reveal() }
  }

  /** The whole new record: ids that the document leaves out come from its name and its place. */
  #record(target: Target, desired: Desired): Wire {
    const { id, key, tenant } = this.#resource
    const ids = { [id]: documentName(target.address), [key]: target.key }
    const generated = this.#resource.produces === undefined ? ids : { [key]: target.key }
    const place = tenant === undefined ? {} : { [tenant]: target.tenant }
    return { ...generated, ...place, ...toWire(this.#kind.spec, desired, this.#client.reveal) }
  }

  async update(
    target: Target,
    observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<Produced | undefined> {
    const place = { tenant: target.tenant ?? '', key: observed.key, id: observed.id }
    const undelivered = changes.some((c) => c.path === this.#kind.produces)
    const made = undelivered ? this.#made(desired) : undefined
    const changed = { ...toWire(this.#kind.spec, picked(desired, changes), this.#client.reveal), ...this.#wireOf(made) }
    if (Object.keys(changed).length > 0) {
      await this.#put(target, place, this.#updateBody(observed.raw as Wire, changed), signal)
    }
    if (made) return { produced: made }
    return undelivered ? this.#regenerate(place, signal) : undefined
  }

  async #put(target: Target, place: ResourcePath, body: Wire, signal: AbortSignal): Promise<void> {
    if (!this.#resource.update) {
      throw new PlumblineError('REFUSED', `${target.address}: ${this.#kind.name} has no operation that changes it`, {
        help: 'Delete it and let it be created anew, or put the document back.',
      })
    }
    await this.#write({ ...this.#resource.update(place), body }, signal)
  }

  #updateBody(raw: Wire, changed: Wire): Wire {
    const { updateBody } = this.#resource
    if (updateBody === 'changes') return changed
    const record = updateBody === 'record' ? raw : without(this.#kind.spec, raw, (meta) => meta.createOnly === true)
    return overlay(this.#kind.spec, record, changed)
  }

  async #regenerate(place: ResourcePath, signal: AbortSignal): Promise<Produced | undefined> {
    const { regenerate, produces } = this.#resource
    if (!regenerate || produces === undefined) return undefined
    const operation = regenerate(place)
    const answer = await this.#write(operation, signal)
    return { produced: new Secret(this.#client.text(operation, answer, produces)) }
  }

  async delete(target: Target, observed: Observed, signal: AbortSignal): Promise<void> {
    const { remove } = this.#resource
    if (!remove) return cannotDelete(this.#kind)(target, observed, signal)
    await this.#write(remove({ tenant: target.tenant ?? '', key: observed.key, id: observed.id }), signal)
  }

  /** Whether it worked or not, what was read before is out of date afterwards. */
  async #write(operation: Operation, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#client.call(operation, signal)
    } finally {
      this.forget()
    }
  }
}
