import { CREDENTIALS } from '../config/kinds/connection.ts'
import { ACCESS_FIELDS } from '../config/kinds/organization.ts'
import { type Index, resolve as indexOf, referencesOf, targetOf, valueAt } from '../config/references.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import type { SecretReference } from '../reconciler/secret-source.ts'
import type { Lockout } from './model.ts'
import { fieldPlace, sourceOf } from './reach.ts'

type Documents = readonly Resource[]

/**
 * Connections through which Plumbline itself could sign in before a change and cannot after it: the organization takes another
 * secret than the Connection shows, or the API key that the Connection reads is ended or may do less.
 */
export function ownLockouts(base: Documents, head: Documents): readonly Lockout[] {
  const before = new Map(base.filter(({ kind }) => kind === 'Connection').map((r) => [addressOf(r), r]))
  const [was, is] = [indexOf(base), indexOf(head)]
  return head.flatMap((connection) => {
    const former = before.get(addressOf(connection))
    if (former === undefined) return []
    return [...lostSecrets(mismatches(former, was), connection, is), ...lostKeys(base, connection, head)]
  })
}

/** An organization of the runtime, and the credentials that its vendor APIs take. */
function lostSecrets(known: readonly Mismatch[], connection: Resource, index: Index): readonly Lockout[] {
  const broken = mismatches(connection, index).filter(({ field }) => !known.some((other) => other.field === field))
  return broken.map(({ field, organization, at }) => ({
    tenant: addressOf(connection),
    text: `Plumbline itself can no longer sign in: ${addressOf(organization)} takes another ${field} than the Connection shows`,
    causes: [fieldPlace(organization, at), fieldPlace(connection, `/credentials/${field}`)],
    mend: `let ${at} of ${addressOf(organization)} and /credentials/${field} of ${addressOf(connection)} name one secret`,
  }))
}

interface Mismatch {
  readonly field: string
  readonly organization: Resource
  /** Pointer into the organization. */
  readonly at: string
}

/** Of a runtime of ours: what documents do not name may be anything, and is taken to fit. */
function mismatches(connection: Resource, index: Index): readonly Mismatch[] {
  const { system, endpoint } = connection.spec as {
    readonly system: keyof typeof CREDENTIALS
    readonly endpoint: string
  }
  const edge = referencesOf(connection).find(({ kind }) => kind === 'Organization')
  const organization = edge && targetOf(edge, connection, index)
  const isOurs = endpoint === 'embedded' || /\/orgs\/[^/]+\/[a-z]+\/?$/.test(endpoint)
  if (organization === undefined || !isOurs) return []
  return CREDENTIALS[system].flatMap((field) => {
    const at = `/access/${ACCESS_FIELDS[system] ?? ''}/${field}`
    const [taken, shown] = [secretAt(organization, at), secretAt(connection, `/credentials/${field}`)]
    const fits = taken === undefined || shown === undefined || sourceOf(taken) === sourceOf(shown)
    return fits ? [] : [{ field, organization, at }]
  })
}

const secretAt = ({ spec }: Resource, pointer: string): SecretReference | undefined =>
  valueAt(spec, pointer) as SecretReference | undefined

/** Keys that go into the file from which the Connection takes its own. */
function lostKeys(base: Documents, connection: Resource, head: Documents): readonly Lockout[] {
  const file = secretAt(connection, '/credentials/apiKey')?.fromFile
  if (file === undefined) return []
  const keysIn = (documents: Documents) =>
    documents.filter((r) => r.kind === 'ApiKey' && valueAt(r.spec, '/writeTo/file') === file)
  const kept = new Map(keysIn(head).map((key) => [addressOf(key), key]))
  return keysIn(base).flatMap((key) => {
    const now = kept.get(addressOf(key))
    if (now === undefined && (kept.size > 0 || key.spec.deletionPolicy !== 'Delete')) return []
    const lost = now === undefined ? undefined : scopesOf(key).filter((scope) => !scopesOf(now).includes(scope))
    if (lost?.length === 0) return []
    const what = lost === undefined ? 'its API key is ended' : `its API key loses ${lost.join(', ')}`
    const causes = [fieldPlace(now ?? connection, now === undefined ? '/credentials/apiKey' : '/scopes')]
    const text = `Plumbline itself can no longer do its work: ${what} (${addressOf(key)})`
    return [{ tenant: addressOf(connection), text, causes }]
  })
}

const scopesOf = ({ spec }: Resource): readonly string[] => (spec.scopes as readonly string[] | undefined) ?? []
