import { setTimeout } from 'node:timers/promises'
import { PlumblineError } from '../../../config/errors.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import { locate, readResource, type ScimResource } from '../../directory/scim/schemas.ts'
import { fieldOf } from '../../directory/scim/terms.ts'
import { unlessTaken } from '../../platform/contract/conflict.ts'
import { Fault } from '../../platform/fault.ts'
import { readFilter } from './filter.ts'
import { patched } from './patch.ts'
import type { ResourceType, ScimContext, Versioned } from './resource-type.ts'

const TRIES = 60
/** Between tries, by chance up to this many milliseconds: other processes write, too. */
const LONGEST_PAUSE = 200
const TAKEN = 'another resource of the tenant has this name'

/** The part of the matches that a page shows, and how many there are in all. */
export interface PageOfMatches {
  readonly resources: readonly ScimResource[]
  readonly total: number
}

export interface ListRequest {
  /** Counts from 1. */
  readonly startIndex: number
  readonly count: number
  readonly filter?: string | null
  readonly sortBy?: string
  readonly sortOrder?: 'ascending' | 'descending'
}

export const versionOf = (record: Versioned): string => `W/"${record.version}"`

/** Whole resources with `schemas`, `id` and `meta`. */
export async function represent<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  records: readonly R[],
): Promise<ScimResource[]> {
  const shown = await type.show(context, records)
  return records.map((record, i) => {
    const id = type.collection.id(record)
    const extensions = Object.keys(shown[i] ?? {}).filter((key) => key.startsWith('urn:'))
    const location = `${context.base}${type.endpoint}/${encodeURIComponent(id)}`
    const times = { created: record.created_at, lastModified: record.updated_at ?? record.created_at }
    const meta = { resourceType: type.name, ...times, location, version: versionOf(record) }
    return { schemas: [type.schema.id, ...extensions], id, ...shown[i], meta }
  })
}

/** Query resources (RFC 7644, section 3.4.2). The store filters, sorts and counts. Throws 400. */
export async function listResources<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  { filter, sortBy, sortOrder, startIndex, count }: ListRequest,
): Promise<PageOfMatches> {
  const { definition } = type.schema
  const moved = type.moved ? { moved: type.moved } : {}
  const page = await context.deps.store.find(type.collection, context.tenant, {
    limit: count,
    offset: startIndex - 1,
    ...(filter ? { matching: readFilter({ definition, ...moved }, filter) } : {}),
    ...(sortBy ? { orderByTerm: sortField(type, sortBy), direction: sortOrder === 'descending' ? 'desc' : 'asc' } : {}),
  })
  return { resources: await represent(type, context, page.items), total: page.total }
}

/** A complex attribute sorts by its `value` (RFC 7644, section 3.4.2.3). */
function sortField<R extends Versioned>({ schema, moved = {} }: ResourceType<R>, sortBy: string): string {
  const { keys, attribute } = locate(schema.definition, sortBy) ?? {}
  const value = attribute?.type !== 'complex' || attribute.subAttributes?.some(({ name }) => name === 'value')
  if (!keys || !value || moved[String(keys[0]).toLowerCase()])
    throw scimFault('invalidPath', `it is not possible to sort by '${sortBy}'`)
  return fieldOf(keys)
}

/** Throws 404. */
export async function read<R extends Versioned>(type: ResourceType<R>, context: ScimContext, id: string): Promise<R> {
  const record = await context.deps.store.get(type.collection, context.tenant, id)
  if (!record) throw new Fault(404, `there is no ${type.name} '${id}'`)
  return record
}

/** Throws 400, 409 uniqueness. */
export async function create<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  body: unknown,
): Promise<R> {
  const { record, settle } = await prepared(type, context, readResource(type.schema, body))
  await unlessTaken(() => context.deps.store.create(type.collection, context.tenant, record), TAKEN)
  await settle?.(record)
  return record
}

/** A record that is not written yet, with what is left to do afterwards. */
interface Prepared<R> {
  readonly record: R
  readonly settle: ((written: R) => Promise<void>) | undefined
}

async function prepared<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  resource: ScimResource,
  old?: R,
): Promise<Prepared<R>> {
  const record = await type.record(context, resource, old)
  return { record, settle: await type.beside?.(context, resource, old) }
}

/** Replaces the whole resource (RFC 7644, section 3.5.1). */
export const replace = <R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  id: string,
  body: unknown,
  ifMatch?: string,
) => change(type, context, id, ifMatch, (old) => prepared(type, context, readResource(type.schema, body), old))

/** Applies a PatchOp message; one that changes nothing leaves the version. */
export const patch = <R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  id: string,
  body: unknown,
  ifMatch?: string,
) =>
  change(type, context, id, ifMatch, async (old) => {
    const [resource = {}] = await represent(type, context, [old])
    const next = patched(type.schema, resource, body)
    return next && prepared(type, context, next, old)
  })

/** Removes a resource. Throws 404, 409. */
export async function remove<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  id: string,
  ifMatch?: string,
): Promise<void> {
  demandVersion(await read(type, context, id), ifMatch)
  if (!(await type.remove(context, id))) throw new Fault(404, `there is no ${type.name} '${id}'`)
}

type Step<R> = (old: R) => Promise<Prepared<R> | undefined>

/** Writers of one resource take turns, so that many at once cost no more than as many in a row. */
function change<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  id: string,
  ifMatch: string | undefined,
  step: Step<R>,
): Promise<R> {
  const key = JSON.stringify([type.name, context.tenant, id])
  return context.deps.turns.run(key, () => changeNow(type, context, id, ifMatch, step))
}

/** Compare-and-swap around an asynchronous step: the step runs again when a writer of another process came first. */
async function changeNow<R extends Versioned>(
  type: ResourceType<R>,
  context: ScimContext,
  id: string,
  ifMatch: string | undefined,
  step: Step<R>,
): Promise<R> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await setTimeout(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE))
    const old = await read(type, context, id)
    demandVersion(old, ifMatch)
    const next = await step(old)
    if (!next) return old
    if (!(await swap(type, context, id, old, next.record))) continue
    await next.settle?.(next.record)
    return next.record
  }
  throw new PlumblineError('UNAVAILABLE', `too many writers of one ${type.name}; try again`, { retry: 'backoff' })
}

/** False when the stored record is no longer `old`. */
async function swap<R extends Versioned>(type: ResourceType<R>, context: ScimContext, id: string, old: R, next: R) {
  const { store } = context.deps
  const unchanged = (current: R) => (current.version === old.version ? next : current)
  const write = () => unlessTaken(() => store.update(type.collection, context.tenant, id, unchanged), TAKEN)
  return (await (type.write?.(context, next, write) ?? write())) === next
}

/** Throws 412 (RFC 7644, section 3.14). */
function demandVersion(record: Versioned, ifMatch: string | undefined): void {
  const version = versionOf(record)
  if (ifMatch !== undefined && !namesVersion(ifMatch, version))
    throw new Fault(412, `the version is ${version} now; read the resource again`)
}

/** Whether a header of entity tags holds the version; all of ours are weak, so `W/` says nothing (RFC 7644, section 3.14). */
export function namesVersion(header: string | undefined, version: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return tags.includes('*') || tags.includes(version.replace(/^W\//, ''))
}
