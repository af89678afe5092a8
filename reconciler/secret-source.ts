import { resolve } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import { fieldsOf, isObjectSchema, type TSchema } from '../config/field.ts'
import { isRecord, type JsonObject } from '../config/json.ts'
import { readRegular, Unreadable } from '../config/load/regular-file.ts'
import { type AllowedSecrets, allowsEnv } from '../config/project/allowed-secrets.ts'
import type { Pointer } from '../config/resource.ts'
import { child } from './pointer.ts'
import { Secret } from './secret.ts'

/** A secret reference as it stands in a document. */
export interface SecretReference {
  readonly fromEnv?: string
  readonly fromFile?: string
  readonly fromSecret?: { readonly name: string; readonly key: string }
  readonly fromPulumiConfig?: string
  readonly version?: number
}

/** Finds the value behind a reference. Throws UNRESOLVED_SECRET, naming the source and never a value. */
export type SecretSource = (reference: SecretReference) => Promise<Secret>

/** Looks a name up in one place; `undefined` when it is not there. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that relative files start from. */
  readonly folder: string
  /** What may be read at all (default: files of the folder, and every variable that is not a well-known one of others). */
  readonly allowed?: AllowedSecrets
  /** Whether a reference is one that somebody has reviewed (default: each is). */
  readonly reviewed?: (reference: SecretReference) => boolean
  readonly kubernetes?: (name: string, key: string) => Promise<string | undefined>
  readonly pulumiConfig?: (key: string) => string | undefined
}

/** A source over the environment, files and whatever the door (Pulumi, Kubernetes) adds. */
export function secretSource(places: SecretPlaces): SecretSource {
  return async (reference) => {
    if (places.reviewed?.(reference) === false) throw unreviewed(reference)
    const { name, missing, value } = await lookUp(reference, places)
    if (value === undefined || value === '') throw unresolved(value === '' ? `${name} is empty` : `${name} ${missing}`)
    return new Secret(value)
  }
}

const unreviewed = (reference: SecretReference): PlumblineError =>
  new PlumblineError('REFUSED', `the secret ${Object.keys(reference)[0]} is new in this change, and is not read`, {
    help: 'It is read once the change is merged, or when somebody with permission trusts it.',
  })

const unresolved = (message: string): PlumblineError =>
  new PlumblineError('UNRESOLVED_SECRET', message, {
    help: 'Provide it, or point the reference somewhere else. Nothing was sent.',
  })

interface Found {
  readonly name: string
  /** What to say of the place where there is no value. */
  readonly missing: string
  readonly value: string | undefined
}

async function lookUp(r: SecretReference, places: SecretPlaces): Promise<Found> {
  if (r.fromEnv !== undefined)
    return { name: `environment variable ${r.fromEnv}`, missing: 'is not set', value: fromEnv(r.fromEnv, places) }
  if (r.fromFile !== undefined)
    return { name: `file ${r.fromFile}`, missing: 'does not exist', value: await readSecretFile(r.fromFile, places) }
  if (r.fromSecret !== undefined) {
    const { name, key } = r.fromSecret
    return {
      name: `key ${key} of Secret ${name}`,
      missing: 'does not exist',
      value: await places.kubernetes?.(name, key),
    }
  }
  const key = r.fromPulumiConfig ?? ''
  return { name: `Pulumi configuration ${key}`, missing: 'is not set', value: places.pulumiConfig?.(key) }
}

function fromEnv(name: string, { env, allowed }: SecretPlaces): string | undefined {
  if (!allowsEnv(name, allowed)) {
    throw new PlumblineError('REFUSED', `the environment variable ${name} may not be read as a secret`, {
      help: `If it is meant for these systems, add it to secrets.allow.env of the project file. Nothing was read.`,
    })
  }
  return env[name]
}

const MOST_SECRET_BYTES = 64 * 1024
const PATIENCE_MS = 5_000

async function readSecretFile(file: string, { folder, allowed }: SecretPlaces): Promise<string | undefined> {
  const bounds = { limit: MOST_SECRET_BYTES, folders: allowed?.files ?? [folder], patience: PATIENCE_MS }
  try {
    return (await readRegular(resolve(folder, file), bounds)).toString('utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (cause instanceof Unreadable) throw refusedFile(file, cause)
    throw new PlumblineError('IO', `cannot read the secret file ${file}`, { cause })
  }
}

const refusedFile = (file: string, cause: Unreadable): PlumblineError =>
  new PlumblineError('REFUSED', `cannot read the secret file ${file}: ${cause.message}`, {
    cause,
    help: 'A secret file is a regular file of at most 64 KiB in the folder of the project, or in one of secrets.allow.files.',
  })

/** Most kinds have none anywhere, and are asked again and again. */
function hasSecrets(schema: TSchema): boolean {
  const known = SECRETIVE.get(schema)
  if (known !== undefined) return known
  const found = fieldsOf(schema).some((f) => f.meta.secret || (isObjectSchema(f.schema) && hasSecrets(f.schema)))
  SECRETIVE.set(schema, found)
  return found
}
const SECRETIVE = new WeakMap<TSchema, boolean>()

/** Every secret reference of a spec, by pointer. No kind has secrets in lists. */
export function secretReferencesOf(
  schema: TSchema,
  spec: unknown,
  path: Pointer = '',
): ReadonlyMap<Pointer, SecretReference> {
  if (!isRecord(spec) || !hasSecrets(schema)) return new Map()
  const found = fieldsOf(schema).flatMap(({ name, schema: inner, meta }) => {
    const [value, at] = [spec[name], child(path, name)]
    if (meta.secret) return isRecord(value) ? [[at, value as SecretReference] as const] : []
    return isObjectSchema(inner) ? [...secretReferencesOf(inner, value, at)] : []
  })
  return new Map(found)
}

/**
 * The spec with the secrets named in `send` revealed-on-demand (`Secret`) in place of their references; every other
 * secret field is left out, so that it is neither sent nor overwritten.
 */
export function withSecrets(
  schema: TSchema,
  spec: JsonObject,
  send: ReadonlyMap<Pointer, Secret>,
  path: Pointer = '',
): JsonObject {
  const out: Record<string, unknown> = { ...spec }
  for (const { name, schema: inner, meta } of fieldsOf(schema)) {
    const [value, at] = [spec[name], child(path, name)]
    if (meta.secret) setOrDrop(out, name, value === null ? null : send.get(at))
    else if (isObjectSchema(inner) && isRecord(value)) out[name] = withSecrets(inner, value, send, at)
  }
  return out
}

function setOrDrop(out: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete out[name]
  else out[name] = value
}
