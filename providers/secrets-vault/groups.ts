import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { foldedKey } from '../../config/references.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Change, Created, Desired, Observed, Target } from '../../reconciler/adapter.ts'
import type { Operation, SystemClient } from '../client.ts'
import { picked } from '../merge.ts'
import { KEY_TAKEN } from '../reactions.ts'
import { encoded } from '../session.ts'
import type { Directory } from './directory.ts'

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
/** Groups per page: the largest that the contract allows (parameter ScimCount). */
const COUNT = 100

const groups = (tenant: string): string => `/scim/v2/${encoded(tenant)}/Groups`
const group = (tenant: string, id: string): string => `${groups(tenant)}/${encoded(id)}`
/** A value in a filter is a JSON string (RFC 7644, section 3.4.2.2). */
const named = (name: string): string => `filter=${encoded(`displayName eq ${JSON.stringify(name)}`)}&`

const isNamed = ({ displayName }: Wire, { kind, key }: Target): boolean =>
  foldedKey(kind, String(displayName)) === foldedKey(kind, key)

/** SCIM groups (contract secrets-vault, scim-groups). */
export class Groups implements Adapter {
  readonly #kind: Kind
  readonly #client: SystemClient
  readonly #directory: Directory

  constructor(kind: Kind, client: SystemClient, directory: Directory) {
    this.#kind = kind
    this.#client = client
    this.#directory = directory
  }

  async observe(target: Target, signal: AbortSignal): Promise<Observed | undefined> {
    const tenant = target.tenant ?? ''
    const byId = target.id === undefined ? undefined : await this.#read(tenant, target.id, signal)
    const raw = byId ?? (await this.#findByName(target, signal))
    return raw && this.#observed(tenant, raw, signal)
  }

  async #read(tenant: string, id: string, signal: AbortSignal): Promise<Wire | undefined> {
    const operation: Operation = { id: 'getScimGroup', method: 'GET', path: group(tenant, id), accepts: [404] }
    const answer = await this.#client.call(operation, signal)
    return answer.status === 404 ? undefined : this.#client.object(operation, answer)
  }

  /** What a filter compares is the service's choice, so the name is compared here too: without letter case. */
  async #findByName(target: Target, signal: AbortSignal): Promise<Wire | undefined> {
    const namesakes: Wire[] = []
    for await (const raw of this.#pages(target.tenant ?? '', named(target.key), signal)) {
      if (isNamed(raw, target)) namesakes.push(raw)
    }
    if (namesakes.length < 2) return namesakes[0]
    throw new PlumblineError('CONFLICT', `${target.address}: several groups are called ${target.key}`, {
      help: 'Name the id of the right one in externalRef.',
    })
  }

  /** Every group of a tenant; a tenant that does not exist has none. */
  async *#pages(tenant: string, filter: string, signal: AbortSignal): AsyncIterable<Wire> {
    for (let start = 1; ; ) {
      const path = `${groups(tenant)}?${filter}startIndex=${start}&count=${COUNT}`
      const later = start === 1 ? {} : ({ continues: true } as const)
      const operation: Operation = { id: 'listScimGroups', method: 'GET', path, accepts: [404], ...later }
      const answer = await this.#client.call(operation, signal)
      if (answer.status === 404) return
      const total = this.#client.object(operation, answer).totalResults
      if (typeof total !== 'number') throw this.#client.unexpected(operation, 'answered without totalResults')
      // RFC 7644, section 3.4.2: `Resources` may be missing when nothing was found.
      const found = total === 0 ? [] : this.#client.items(operation, answer, 'Resources')
      yield* found
      start += found.length
      if (found.length === 0 || start > total) return
    }
  }

  async *list(tenant: string | undefined, signal: AbortSignal): AsyncIterable<Observed> {
    for await (const raw of this.#pages(tenant ?? '', '', signal)) yield this.#observed(tenant ?? '', raw, signal)
  }

  async #observed(tenant: string, raw: Wire, signal: AbortSignal): Promise<Observed> {
    const members = Array.isArray(raw.members) ? raw.members.filter(isRecord) : []
    const ids = members.map((m) => String(m.value))
    const names = await this.#directory.namesOf(tenant, ids, signal)
    const spec = fromWire(this.#kind.spec, { ...raw, members: names })
    return { id: String(raw.id), key: String(raw.displayName), tenant, spec, raw }
  }

  async create(target: Target, desired: Desired, signal: AbortSignal): Promise<Created> {
    if (await this.#findByName(target, signal)) {
      throw new PlumblineError('ALREADY_EXISTS', `${target.address}: a group ${target.key} exists already`)
    }
    const body = { schemas: [GROUP], ...(await this.#body(target, desired, signal)) }
    const path = groups(target.tenant ?? '')
    const operation: Operation = { id: 'createScimGroup', method: 'POST', path, body, reactions: KEY_TAKEN }
    return { id: this.#client.text(operation, await this.#client.call(operation, signal), 'id') }
  }

  async update(
    target: Target,
    observed: Observed,
    desired: Desired,
    changes: readonly Change[],
    signal: AbortSignal,
  ): Promise<undefined> {
    const body = await this.#body(target, picked(desired, changes), signal)
    const operations = Object.entries(body).map(([path, value]) => ({ op: 'replace', path, value }))
    await this.#client.call(
      {
        id: 'patchScimGroup',
        method: 'PATCH',
        path: group(target.tenant ?? '', observed.id),
        body: { schemas: [PATCH], Operations: operations },
      },
      signal,
    )
  }

  async #body(target: Target, spec: Desired, signal: AbortSignal): Promise<Wire> {
    const { members, ...rest } = toWire(this.#kind.spec, spec)
    if (!Array.isArray(members)) return rest
    const values: { readonly value: string }[] = []
    for (const name of new Set<string>(members)) {
      values.push({ value: await this.#directory.idOf(target.tenant ?? '', name, signal) })
    }
    return { ...rest, members: values }
  }

  async delete(target: Target, observed: Observed, signal: AbortSignal): Promise<void> {
    const path = group(target.tenant ?? '', observed.id)
    await this.#client.call({ id: 'deleteScimGroup', method: 'DELETE', path, accepts: [404] }, signal)
  }
}
