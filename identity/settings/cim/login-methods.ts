import { randomUUID } from 'node:crypto'
import { isRecord, type JsonObject } from '../../../config/json.ts'
import { seal } from '../../crypto/seal.ts'
import { resolveSchema, schemaNamed } from '../../platform/contract/contracts.ts'
import { Fault } from '../../platform/fault.ts'
import { mergeBySchema } from '../merge.ts'
import { type CimState, type LoginMethod, type LoginMethods, part, type Texts } from './state.ts'

const METHOD = schemaNamed('cim', 'LoginMethod')
const FIELDS = resolveSchema('cim', METHOD).properties
/** Type → its attribute block; null for the two types that have none. */
const BLOCKS = METHOD['x-block-per-type'] as Readonly<Record<string, string | null>>
const BLOCK_NAMES = Object.values(BLOCKS).filter((b): b is string => b !== null)
const PASSWORD = 'USERNAME_AND_PASSWORD'
const LISTS_WITH_IDS = ['attribute_mappings', 'custom_attribute_mappings', 'custom_attribute_fields'] as const
/** The fields of each block that are marked `x-sensitive`. */
const SECRETS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  BLOCK_NAMES.map((block) => {
    const fields = Object.entries(resolveSchema('cim', FIELDS[block] ?? {}).properties)
    return [block, fields.filter(([, s]) => s['x-sensitive'] === true).map(([name]) => name)]
  }),
)

/** What a secret of a login method is sealed for. */
export const secretPurpose = (methodId: string, field: string): string => `cim login method ${methodId} ${field}`

/**
 * Writes schema LoginMethodsConfiguration. A sent list is the new list: with `id` an entry changes (what is not sent stays),
 * without it is created, a missing one is removed. Throws Fault 400 and changes nothing when a rule is broken.
 */
export function withLoginMethods(state: CimState, sent: JsonObject, masterKey: Uint8Array): CimState {
  const mobile = sent.mobile_login === undefined ? {} : { mobile_login: mobileLogin(state.login_methods, sent) }
  const kept = { ...state, login_methods: { ...state.login_methods, ...mobile } }
  return Array.isArray(sent.login_methods) ? withList(kept, sent.login_methods as JsonObject[], masterKey) : kept
}

/** Sets or takes away a secret of a login method that the contract has no field for. Throws Fault 404 when there is no such method. */
export function withSecret(
  state: CimState,
  methodId: string,
  field: string,
  value: string | undefined,
  masterKey: Uint8Array,
): CimState {
  if (!state.login_methods.login_methods.some(({ id }) => id === methodId))
    throw new Fault(404, `There is no login method with the id '${methodId}'.`)
  const { [field]: _, ...others } = state.secrets[methodId] ?? {}
  const next =
    value === undefined ? others : { ...others, [field]: seal(masterKey, secretPurpose(methodId, field), value) }
  const { [methodId]: _old, ...rest } = state.secrets
  return { ...state, secrets: Object.keys(next).length === 0 ? rest : { ...rest, [methodId]: next } }
}

function mobileLogin(old: LoginMethods, sent: JsonObject): JsonObject {
  return mergeBySchema('cim', schemaNamed('cim', 'MobileLogin'), old.mobile_login, sent.mobile_login) as JsonObject
}

function withList(state: CimState, sent: readonly JsonObject[], masterKey: Uint8Array): CimState {
  const old = state.login_methods.login_methods
  const entries = sent.map((entry) => writtenMethod(old, entry))
  const methods = entries.map((e) => e.method)
  refuseRemoval(old, methods)
  refuseDuplicates(methods)
  const secrets = entries.map(({ method, secrets }) => {
    const sealed = Object.entries(secrets).map(([f, v]) => [f, seal(masterKey, secretPurpose(method.id, f), v)])
    return [method.id, { ...state.secrets[method.id], ...(Object.fromEntries(sealed) as Texts) }] as const
  })
  return {
    ...state,
    login_methods: { ...state.login_methods, login_methods: methods },
    secrets: Object.fromEntries(secrets.filter(([, s]) => Object.keys(s).length > 0)),
  }
}

function writtenMethod(list: readonly LoginMethod[], sent: JsonObject): { method: LoginMethod; secrets: Texts } {
  const old = sent.id === undefined ? undefined : list.find((m) => m.id === sent.id)
  if (sent.id !== undefined && !old) throw refusal(`there is no login method with the id '${String(sent.id)}'`)
  const merged = mergeBySchema('cim', METHOD, old, sent) as JsonObject
  const type = String(merged.type ?? '')
  if (old && old.type !== type) throw refusal(`the type of a login method cannot be changed (${old.type})`)
  if (!(type in BLOCKS) || !merged.name) throw refusal('a new login method needs a type and a name')
  refuseForeignBlocks(merged, type)
  const { open, secrets } = withoutSecrets(merged, BLOCKS[type] ?? null)
  const method = {
    ...open,
    ...listsWithIds(open),
    id: old?.id ?? randomUUID(),
    type,
    name: String(merged.name),
    enabled: merged.enabled === true,
    removable: old?.removable ?? type !== PASSWORD,
  }
  return { method, secrets }
}

function refuseForeignBlocks(method: JsonObject, type: string): void {
  const foreign = BLOCK_NAMES.find((block) => method[block] !== undefined && block !== BLOCKS[type])
  if (foreign !== undefined) throw refusal(`the block ${foreign} does not belong to the type ${type}`)
}

function withoutSecrets(method: JsonObject, block: string | null): { open: JsonObject; secrets: Texts } {
  if (block === null || !isRecord(method[block])) return { open: method, secrets: {} }
  const fields = Object.entries(part(method[block]))
  const hidden = SECRETS[block] ?? []
  return {
    open: { ...method, [block]: Object.fromEntries(fields.filter(([f]) => !hidden.includes(f))) },
    secrets: Object.fromEntries(fields.filter(([f]) => hidden.includes(f)).map(([f, v]) => [f, String(v)])),
  }
}

/** Entries of the inner lists get an id from the server when they come without one. */
function listsWithIds(method: JsonObject): JsonObject {
  const lists = LISTS_WITH_IDS.filter((name) => Array.isArray(method[name]))
  return Object.fromEntries(
    lists.map((name) => [
      name,
      (method[name] as JsonObject[]).map((item) => ({ ...item, id: item.id ?? randomUUID() })),
    ]),
  )
}

function refuseRemoval(old: readonly LoginMethod[], next: readonly LoginMethod[]): void {
  const gone = old.find((m) => !m.removable && !next.some((n) => n.id === m.id))
  if (gone) throw refusal(`the login method '${gone.name}' cannot be removed`)
}

function refuseDuplicates(methods: readonly LoginMethod[]): void {
  const names = methods.map((m) => JSON.stringify([m.type, m.name]))
  if (new Set(names).size < names.length) throw refusal('type and name together have to be unique')
  if (new Set(methods.map((m) => m.id)).size < methods.length) throw refusal('an id is sent twice')
  if (methods.filter((m) => m.type === PASSWORD).length > 1) throw refusal(`there can be one ${PASSWORD} only`)
}

const refusal = (message: string): Fault => new Fault(400, message)
