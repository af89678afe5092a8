import { KINDS } from '../config/kinds/index.ts'
import type { Diagnostic } from '../config/resource.ts'
import type { Change } from '../reconciler/adapter.ts'
import type { DriftReport } from '../reconciler/drift.ts'
import type { Step } from '../reconciler/model.ts'
import { clusterResource, typeOf } from './cache.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import type { DriftItem, Status } from './status.ts'

const PAGE = 500

/** The drift that the controller has found, from the status of every object of the cluster. */
export async function clusterDrift(api: KubeApi, at: Date, signal: AbortSignal): Promise<DriftReport> {
  const views: View[] = []
  for (const { name, system } of KINDS) {
    if (system === undefined) continue
    for await (const object of all(api, name, signal)) views.push(viewOf(name, object))
  }
  return {
    at: at.toISOString(),
    inSync: views.filter((v) => v.state === 'inSync').length,
    drifted: views.filter((v) => v.state === 'drifted').map((v) => v.step),
    excepted: views.filter((v) => v.step.excepted !== undefined).map((v) => ({ ...v.step, changes: [] })),
    missing: views.filter((v) => v.state === 'missing').map((v) => v.step),
    orphaned: [],
    unknown: views.filter((v) => v.state === 'unknown').map((v) => v.diagnostic),
  }
}

async function* all(api: KubeApi, kind: string, signal: AbortSignal): AsyncGenerator<KubeObject> {
  let page = await api.list(typeOf(kind), { limit: PAGE, signal })
  for (;;) {
    yield* page.items
    const next = page.metadata.continue
    if (!next) return
    page = await api.list(typeOf(kind), { limit: PAGE, continue: next, signal })
  }
}

interface View {
  readonly state: 'inSync' | 'drifted' | 'missing' | 'unknown'
  readonly step: Step
  readonly diagnostic: Diagnostic
}

function viewOf(kind: string, object: KubeObject): View {
  const status = (object.status ?? {}) as Status
  const synced = status.conditions?.find((c) => c.type === 'Synced')
  const isMissing = synced?.reason === 'Absent' && !status.drift?.some((item) => item.class === 'Excepted')
  const hasDrift = status.drift?.some((item) => item.class !== 'Excepted') ?? false
  const known = synced?.observedGeneration === object.metadata.generation && synced?.status === 'True'
  const state = isMissing ? 'missing' : hasDrift ? 'drifted' : known ? 'inSync' : 'unknown'
  return { state, step: stepOf(kind, object, status), diagnostic: unknown(kind, object, synced?.message) }
}

const addressOf = (kind: string, { metadata }: KubeObject): string => `${kind}/${metadata.namespace}/${metadata.name}`

function stepOf(kind: string, object: KubeObject, { drift = [], externalId, owned }: Status): Step {
  const { spec } = clusterResource(kind, object)
  const excepted = drift
    .filter((item) => item.class === 'Excepted')
    .map((item) => ({ ...changeOf(item), until: item.until ?? '', reason: item.reason ?? '' }))
  return {
    action: 'report',
    address: addressOf(kind, object),
    kind,
    connection: owned?.connection ?? String((spec.connectionRef as { name?: string } | undefined)?.name ?? ''),
    key: owned?.key ?? '',
    ...(externalId === undefined ? {} : { id: externalId }),
    changes: drift.filter((item) => item.class !== 'Excepted').map(changeOf),
    ...(excepted.length > 0 && { excepted }),
    drift: true,
    needs: [],
  }
}

const changeOf = ({ op, path, from, to, secret, impact }: DriftItem): Change => ({
  op,
  path,
  ...(from === undefined ? {} : { from: valueIn(from) }),
  ...(to === undefined ? {} : { to: valueIn(to) }),
  ...(secret ? { secret } : {}),
  impact,
})

/** Values stand in the status as JSON; a long one is cut off there and shown as it is. */
function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const unknown = (kind: string, object: KubeObject, message = 'no controller has looked at it yet'): Diagnostic => ({
  severity: 'error',
  code: 'UNAVAILABLE',
  message,
  resource: addressOf(kind, object),
})
