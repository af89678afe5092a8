import type { Registry } from 'prom-client'
import type { ChainStore } from '../evidence/store.ts'
import type { System } from '../reconciler/adapter.ts'
import type { Secret } from '../reconciler/secret.ts'
import type { Send } from '../reconciler/send.ts'
import type { ChangeSource } from './feed.ts'
import type { KubeApi } from './kube/api.ts'
import type { ElectionOptions } from './kube/election.ts'
import type { ControllerScope } from './scope.ts'

export interface ControllerOptions {
  readonly api: KubeApi
  readonly systems: ReadonlyMap<string, System>
  /** The identity runtime in this process, for Connections whose endpoint is `embedded`. Throws where there is none. */
  readonly embedded: () => Promise<{ readonly fetch: Send }>
  /** What is changed in that runtime; absent: found at the drift interval only. */
  readonly changes?: ChangeSource
  /** The controller's own namespace: its Lease and its fingerprint key are there. */
  readonly namespace: string
  /** What it sees and works on (default: everything). */
  readonly scope?: ControllerScope
  /** Unique per process. */
  readonly identity: string
  readonly admin: { readonly host: string; readonly port: number }
  /** Other halves of the process that have to be ready too, by name. */
  readonly readiness?: () => Promise<Readonly<Record<string, boolean>>>
  /** Their metrics, shown beside those of the controller. */
  readonly metrics?: readonly Registry[]
  readonly log: (level: 'info' | 'warn' | 'error', message: string, about?: string) => void
  /** Where the records of what it writes go, by its name as an owner (default: into the log), and the key that signs them. */
  readonly evidence?: { readonly storeOf?: (owner: string) => Promise<ChainStore>; readonly key?: Secret | undefined }
  /** Ends the controller in good order: work in hand is finished, the lease is given back. */
  readonly signal: AbortSignal
  /** How long work in hand may go on after the signal to stop (default 20 s; a pod has a minute). */
  readonly graceMs?: number
  readonly times?: ElectionOptions['times']
  /** Largest share of what a namespace owns that may be deleted from systems within ten minutes (default 0.2). */
  readonly maxDeleteShare?: number
}
