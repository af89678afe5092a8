import { randomBytes } from 'node:crypto'
import { type PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Resource } from '../config/resource.ts'
import type { KubeApi, KubeObject, ResourceType } from './kube/api.ts'
import { reasonOf } from './outcome.ts'
import type { Done } from './reconcile.ts'

const EVENTS: ResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events' }
const NOTE_LIMIT = 1_024

/** Something to tell of an object (events.k8s.io/v1). */
export interface Told {
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
export function eventsOf(done: Done): readonly Told[] {
  if (done.removed) return [normal('Released', 'Remove', 'it is not managed any more, by its deletion policy')]
  if (done.error) return isNews(done) ? [warningOf(done.error)] : []
  return [...writeOf(done), ...driftOf(done)]
}

function writeOf({ step }: Done): readonly Told[] {
  const reason = step && (step.drift ? 'DriftCorrected' : REASONS[step.action])
  if (step === undefined || reason === undefined || step.action === 'report') return []
  const fields = step.changes.map((c) => c.path).join(', ')
  return [normal(reason, 'Reconcile', fields === '' ? 'nothing had to change' : `fields: ${fields}`)]
}

function driftOf({ before, after }: Done): readonly Told[] {
  const known = new Set(before.drift?.map((d) => `${d.class} ${d.path}`))
  const fresh = (after.drift ?? []).filter((d) => !known.has(`${d.class} ${d.path}`))
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

const normal = (reason: string, action: string, note: string): Told => ({ type: 'Normal', reason, action, note })

const warningOf = (error: PlumblineError): Told => ({
  type: 'Warning',
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

/** Sends events; one that cannot be sent is reported and given up, since nothing depends on it. */
export function eventRecorder({ api, instance, now, signal, onFault }: RecorderOptions) {
  return (object: KubeObject, { kind, apiVersion, metadata }: Resource, told: Told): void => {
    const { name, namespace = 'default' } = metadata
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace },
      eventTime: now().toISOString().replace('Z', '000Z'),
      reportingController: 'plumbline.dev/controller',
      reportingInstance: instance.slice(0, 128),
      regarding: { apiVersion, kind, name, namespace, uid: object.metadata.uid },
      type: told.type,
      reason: told.reason,
      action: told.action,
      note: told.note.slice(0, NOTE_LIMIT),
    }
    api.create(EVENTS, event, signal).catch((thrown: unknown) => onFault(toPlumblineError(thrown)))
  }
}
