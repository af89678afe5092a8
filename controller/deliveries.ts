import { PlumblineError } from '../config/errors.ts'
import type { Deliveries } from '../reconciler/observe.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import { absent, SECRETS } from './sessions.ts'

interface Place {
  readonly name: string
  readonly key: string
}

/** On a Secret that somebody else made: values may be written into it. It stays theirs. */
const INVITATION = 'plumbline.dev/accepts-delivery'
const MADE_HERE = { 'app.kubernetes.io/managed-by': 'plumbline' }
/** Field managers are named after the object whose value a key holds. */
const MANAGER = 'plumbline-'

/**
 * Values that are shown once go into a Secret beside the object: one key by server-side apply. A Secret that Plumbline made
 * is owned by the objects that fill it. Nothing is written to any other, unless its label invites that.
 */
export function secretDeliveries(api: KubeApi, owner: KubeObject, signal: AbortSignal): Deliveries {
  const { namespace = '', uid = '' } = owner.metadata
  const find = ({ name }: Place) => api.getManaged(SECRETS, namespace, name, signal).catch(absent)
  const findOpen = async (at: Place): Promise<KubeObject | undefined> => {
    const secret = await find(at)
    if (secret !== undefined) requireOpen(secret, at, owner)
    return secret
  }
  return {
    has: async (place) => {
      const at = placeOf(place)
      return ((await findOpen(at))?.data?.[at.key] ?? '') !== ''
    },
    requireOpen: async (place) => void (await findOpen(placeOf(place))),
    put: async (place, value) => {
      const at = placeOf(place)
      const secret = (await findOpen(at)) ?? (await api.create(SECRETS, emptySecret(at, owner), signal))
      const filled = filledSecret(secret, { [at.key]: Buffer.from(value).toString('base64') }, owner)
      await api.apply(SECRETS, filled, { signal, fieldManager: MANAGER + uid })
    },
  }
}

/**
 * Before an object goes: a Secret that somebody else made does not go with it. Releases before the label made themselves an
 * owner of whatever they wrote to.
 */
export async function disown(api: KubeApi, owner: KubeObject, place: unknown, signal: AbortSignal): Promise<void> {
  const { namespace = '', uid = '' } = owner.metadata
  const { name, key } = placeOf(place)
  const secret = await api.getManaged(SECRETS, namespace, name, signal).catch(absent)
  const value = secret?.data?.[key]
  if (secret === undefined || value === undefined || isMadeHere(secret, owner) || !isOwned(secret, uid)) return
  await api.apply(SECRETS, filledSecret(secret, { [key]: value }, owner), { signal, fieldManager: MANAGER + uid })
}

const emptySecret = ({ name }: Place, owner: KubeObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name,
    namespace: owner.metadata.namespace ?? '',
    labels: MADE_HERE,
    ownerReferences: [referenceTo(owner)],
  },
})

/** What one object applies. The version makes sure that nobody has changed the Secret since it was looked at. */
function filledSecret(secret: KubeObject, data: KubeObject['data'] & {}, owner: KubeObject): KubeObject {
  const { name, namespace = '', resourceVersion = '' } = secret.metadata
  const owned = isMadeHere(secret, owner) ? { ownerReferences: [referenceTo(owner)] } : {}
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, resourceVersion, ...owned }, data }
}

const referenceTo = ({ apiVersion = '', kind = '', metadata: { name, uid = '' } }: KubeObject) => ({
  apiVersion,
  kind,
  name,
  uid,
})

/** Throws REFUSED where the key is somebody else's. Of two objects that name one key, the older holds it (`Claims`). */
function requireOpen(secret: KubeObject, { name, key }: Place, owner: KubeObject): void {
  if (secret.metadata.labels?.[INVITATION] === 'true') return
  const managers = managersOf(secret, key)
  const isTaken = secret.data?.[key] !== undefined
  if (isTaken ? managers.length > 0 && managers.every(isOurs) : isMadeHere(secret, owner)) return
  const by = managers.filter((manager) => !isOurs(manager)).join(', ') || 'somebody else'
  throw refused(
    isTaken ? `${key} of the Secret ${name} was written by ${by}` : `Plumbline did not make the Secret ${name}`,
  )
}

const isOurs = (manager: string): boolean => manager.startsWith(MANAGER)

const refused = (message: string): PlumblineError =>
  new PlumblineError('REFUSED', `${message}, so nothing is written to it`, {
    help: `Name another Secret in writeTo, or let values be written into this one: label it ${INVITATION}=true.`,
  })

/** By its label. What releases before the label made is younger than its object, and nobody else has written to it. */
function isMadeHere({ metadata: secret }: KubeObject, { metadata: owner }: KubeObject): boolean {
  const { labels, managedFields = [], creationTimestamp = '' } = secret
  if (labels?.['app.kubernetes.io/managed-by'] === 'plumbline') return true
  const isYounger = creationTimestamp >= (owner.creationTimestamp ?? '')
  return isYounger && managedFields.length > 0 && managedFields.every(({ manager }) => isOurs(manager))
}

const isOwned = ({ metadata: { ownerReferences = [] } }: KubeObject, uid: string): boolean =>
  ownerReferences.some((reference) => reference.uid === uid)

/** Who wrote a key, as the API server remembers it (FieldsV1). */
const managersOf = ({ metadata: { managedFields = [] } }: KubeObject, key: string): readonly string[] =>
  managedFields.filter(({ fieldsV1 }) => fieldsV1?.['f:data']?.[`f:${key}`] !== undefined).map(({ manager }) => manager)

function placeOf(place: unknown): Place {
  const { secret } = place as { readonly secret?: Place }
  if (secret !== undefined) return secret
  throw new PlumblineError('REFUSED', 'a file cannot be written from a cluster', {
    help: 'Use `writeTo: {secret: {name, key}}`.',
  })
}
