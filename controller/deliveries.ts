import { PlumblineError } from '../config/errors.ts'
import type { Deliveries } from '../reconciler/observe.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import { absent, SECRETS } from './sessions.ts'

interface Place {
  readonly secret?: { readonly name: string; readonly key: string }
}

/** Values that are shown once go into a Secret beside the object, which owns it: one key by server-side apply. */
export function secretDeliveries(api: KubeApi, owner: KubeObject, signal: AbortSignal): Deliveries {
  const { namespace = '', name, uid = '' } = owner.metadata
  return {
    has: async (place) => {
      const { name: secret, key } = secretOf(place)
      const found = await api.get(SECRETS, namespace, secret, signal).catch(absent)
      return (found?.data?.[key] ?? '') !== ''
    },
    put: async (place, value) => {
      const { name: secret, key } = secretOf(place)
      const ownerReferences = [{ apiVersion: owner.apiVersion, kind: owner.kind, name, uid }]
      const object = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret, namespace, ownerReferences },
        data: { [key]: Buffer.from(value).toString('base64') },
      }
      // One manager per owner: several objects may each write a key of their own into one Secret.
      await api.apply(SECRETS, object, { signal, fieldManager: `plumbline-${uid}` })
    },
  }
}

function secretOf(place: unknown): { readonly name: string; readonly key: string } {
  const { secret } = place as Place
  if (secret !== undefined) return secret
  throw new PlumblineError('REFUSED', 'a file cannot be written from a cluster', {
    help: 'Use `writeTo: {secret: {name, key}}`.',
  })
}
