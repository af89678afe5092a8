import { randomBytes } from 'node:crypto'
import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import { EventLimit, type Series } from './event-limit.ts'
import type { KubeApi, KubeObject, KubeResourceType } from './kube/api.ts'
import { isUnresolved, reasonOf } from './outcome.ts'
import type { Done } from './reconcile.ts'

const EVENTS: KubeResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events' }
const NOTE_LIMIT = 1_024

/** Something to tell of an object (events.k8s.io/v1). */
export interface ObjectEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
}

const REASONS: Readonly<Record<string, string>> = {
  create: 'Created',
  adopt: 'Adopted',
  update: 'Updated',
  replace: 'Replaced',
}

/** Pure: what a reconcile has to tell. A repeated error or drift that was told already is not told again. */
export function eventsOf(done: Done): readonly ObjectEvent[] {
  if (done.removed) return [normal('Released', 'Remove', 'it is no longer managed, by its deletion policy')]
  if (done.error) return isNews(done) ? [failureOf(done.error)] : []
  return [...writeOf(done), ...driftOf(done)]
}

function writeOf({ step }: Done): readonly ObjectEvent[] {
  const reason = step && (step.drift ? 'DriftCorrected' : REASONS[step.action])
  if (step === undefined || reason === undefined || step.action === 'report') return []
  const fields = step.changes.map((c) => c.path).join(', ')
  return [normal(reason, 'Reconcile', fields === '' ? 'nothing had to change' : `fields: ${fields}`)]
}

function driftOf({ before, after }: Done): readonly ObjectEvent[] {
  const known = new Set(before.drift?.map((d) => `${d.class} ${d.path}`))
  const fresh = (after.drift ?? []).filter((d) => d.class !== 'Excepted' && !known.has(`${d.class} ${d.path}`))
  if (fresh.length === 0) return []
  const reason = fresh.some((d) => d.class === 'Contested') ? 'DriftContested' : 'DriftDetected'
  return [{ type: 'Warning', reason, action: 'Observe', note: `differs: ${fresh.map((d) => d.path).join(', ')}` }]
}

/** The condition that says so has just changed its reason or its words. */
function isNews({ before, after }: Done): boolean {
  const synced = (status: Done['before']) => status.conditions?.find((c) => c.type === 'Synced')
  const [was, is] = [synced(before), synced(after)]
  return was?.reason !== is?.reason || was?.message !== is?.message
}

const normal = (reason: string, action: string, note: string): ObjectEvent => ({ type: 'Normal', reason, action, note })

/** To wait for something that comes by itself is no warning. */
const failureOf = (error: PlumblineError): ObjectEvent => ({
  type: isUnresolved(error) ? 'Normal' : 'Warning',
  reason: reasonOf(error),
  action: 'Reconcile',
  note: error.message,
})

export interface RecorderOptions {
  readonly api: KubeApi
  /** Name of this process. */
  readonly instance: string
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly onFault: (error: PlumblineError) => void
}

/**
 * Sends events; one that cannot be sent is reported and given up, since nothing depends on it. What happens again goes on
 * the series of the first, with its first words, as client-go does it.
 */
export function eventRecorder({ api, instance, now, signal, onFault }: RecorderOptions) {
  const limit = new EventLimit()
  return (object: KubeObject, resource: Resource, told: ObjectEvent): void => {
    const { namespace = 'default' } = resource.metadata
    const at = now()
    const name = `${resource.metadata.name.slice(0, 200)}.${randomBytes(8).toString('hex')}`
    const uid = object.metadata.uid ?? ''
    const what = JSON.stringify([uid, told.type, told.reason, told.action])
    const series = limit.goesOn(what, name, at.getTime())
    const send = (): Promise<unknown> =>
      series === undefined
        ? api.create(EVENTS, eventOf({ name, namespace }, object, resource, told, at, instance), signal)
        : api.patch(EVENTS, { namespace, name: series.name }, seriesOf(series, at), signal)
    const giveUp = (): void => limit.forget(what)
    if (limit.allows(uid, at.getTime())) {
      send().catch((thrown: unknown) => {
        giveUp()
        onFault(toPlumblineError(thrown))
      })
    } else if (series === undefined) giveUp()
  }
}

const seriesOf = ({ count }: Series, at: Date) => ({ series: { count, lastObservedTime: microTime(at) } })

const eventOf = (
  metadata: { readonly name: string; readonly namespace: string },
  { metadata: { uid } }: KubeObject,
  { kind, apiVersion, metadata: { name } }: Resource,
  { note, ...told }: ObjectEvent,
  at: Date,
  instance: string,
): KubeObject & Readonly<Record<string, unknown>> => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata,
  eventTime: microTime(at),
  reportingController: 'plumbline.dev/controller',
  reportingInstance: instance.slice(0, 128),
  regarding: { apiVersion, kind, name, namespace: metadata.namespace, uid },
  ...told,
  note: note.slice(0, NOTE_LIMIT),
})

/** Kubernetes MicroTime. */
const microTime = (at: Date): string => at.toISOString().replace('Z', '000Z')
