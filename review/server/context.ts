import type { Forge } from '../../forge/model.ts'
import type { Store } from '../../identity/store/store.ts'
import type { Review } from '../model.ts'
import type { WorkOptions } from './command-line.ts'

/** What the server works with. */
export interface Desk {
  readonly forge: Forge
  readonly store: Store
  readonly work: WorkOptions
  /** Systems are asked and plans applied; otherwise documents are reviewed alone. */
  readonly live: boolean
  /** The branch that the systems follow: what goes elsewhere is reviewed from its documents, and never applied. */
  readonly branch: string
  /** A merge applies the reviewed plan; otherwise somebody commands it. */
  readonly appliesOnMerge: boolean
  /** The review as Markdown. */
  readonly write: (review: Review) => string
  readonly now: () => number
  readonly log: (text: string) => void
}
