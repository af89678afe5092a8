import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../config/errors.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import { absent, SECRETS } from './sessions.ts'

const NAME = 'plumbline-fingerprint-key'
const KEY = 'key'

/**
 * The key of the fingerprints of secrets, from a Secret in the controller's namespace. Made by the first controller: a
 * create has one winner. Without it every secret counts as changed and is sent again.
 */
export async function fingerprintKey(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string> {
  const found = await api.get(SECRETS, namespace, NAME, signal).catch(absent)
  return keyIn(found ?? (await make(api, namespace, signal)))
}

async function make(api: KubeApi, namespace: string, signal: AbortSignal): Promise<KubeObject> {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: NAME, namespace },
    data: { [KEY]: Buffer.from(randomBytes(32).toString('base64url')).toString('base64') },
  }
  try {
    return await api.create(SECRETS, object, signal)
  } catch (thrown) {
    if (thrown instanceof PlumblineError && thrown.code === 'ALREADY_EXISTS')
      return api.get(SECRETS, namespace, NAME, signal)
    throw thrown
  }
}

function keyIn({ data }: KubeObject): string {
  const value = Buffer.from(data?.[KEY] ?? '', 'base64').toString('utf8')
  if (value !== '') return value
  throw new PlumblineError('REFUSED', `the Secret ${NAME} has no ${KEY}`, { help: 'Delete it; a new one is made.' })
}
