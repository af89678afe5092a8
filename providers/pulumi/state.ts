import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Index } from '../../config/references.ts'
import { API_VERSION, placedAddressOf, type Resource, type Spec } from '../../config/resource.ts'
import type { Ledger } from '../../reconciler/apply.ts'
import { type Facts, factsOf } from '../../reconciler/facts.ts'
import type { Address, Entry } from '../../reconciler/model.ts'
import type { Memo } from '../../reconciler/sent-secret.ts'

/** What the program hands to the engine for one document. */
export interface DocumentInputs {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly spec: Spec
  /** Who the stack is, towards others who may manage the same objects. */
  readonly owner: string
  /** Marks of the writes that undo what this document wrote (`Outputs.written`). */
  readonly follows?: readonly string[]
}

/** The engine's inputs of one document. */
export const inputsOf = <O>(
  { kind, metadata: { name, namespace } }: Resource,
  spec: Resource['spec'],
  owner: O,
): Omit<DocumentInputs, 'owner'> & { readonly owner: O } => ({
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
  spec,
  owner,
})

/** The document that the inputs were made of. */
export const resourceOfInputs = ({ kind, name, namespace, spec }: DocumentInputs): Resource => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
})

/** A stack may hold documents of several namespaces. */
export const factsIn = (document: Resource, index: Index, entry?: Entry): Facts =>
  factsOf(document, index, entry, placedAddressOf)

/** What the engine keeps of one document. */
export interface Outputs {
  /** The managed fields that the system shows, as they were last seen. */
  readonly observed: Spec
  /** What we own of the document. */
  readonly entry: Omit<Entry, 'memo'>
  /** `Inputs.owner` at the last write; states of older releases lack it. */
  readonly owner?: string
  /**
   * A secret output, so the engine encrypts it: the memo of what cannot be read, and the key of its fingerprints.
   * Absent where everything can be read: the engine encrypts every secret of the stack at each step.
   */
  readonly applied?: { readonly memo: Memo; readonly key: string }
  /** Differs after each write; what has to happen once after all writes of a connection depends on it. */
  readonly written: string
  /** `Inputs.follows` as it was at the last write. */
  readonly follows?: readonly string[]
}

/** What the program hands over once, before any document. */
export interface OwnerInputs {
  /** Name of the stack, for people: it may change. */
  readonly stack: string
  /** Objects that this run may delete or reset (`objectOf`), since the guards of the project let it. */
  readonly mayEnd: readonly string[]
  /** Addresses whose documents describe other objects than before. */
  readonly changed: readonly Address[]
}

export interface OwnerOutputs extends OwnerInputs {
  /** Who this stack is towards others who manage the same objects: made once, kept in its state wherever that goes. */
  readonly owner: string
}

/** An object in the words of the program and of the state. */
export const objectOf = ({ kind, tenant, key }: Pick<Entry, 'kind' | 'tenant' | 'key'>): string =>
  [kind, tenant ?? '', key].map(encodeURIComponent).join('/')

/** Another write has undone what the document wrote. */
export const isUndone = (olds: Pick<Outputs, 'follows'>, inputs: DocumentInputs): boolean =>
  !isDeepStrictEqual(olds.follows ?? [], inputs.follows ?? [])

const newKey = (): string => randomBytes(32).toString('base64url')
/** The key of the fingerprints; before there are any, a new one. */
export const recordedKey = (olds: Pick<Outputs, 'applied'> | undefined): string => olds?.applied?.key ?? newKey()

export const newMark = (): string => randomBytes(6).toString('base64url')

export const entryOf = ({ entry, applied }: Outputs): Entry => ({ ...entry, memo: applied?.memo ?? {} })

/** The inventory of one document: the engine keeps it in its state. */
export class EntryLedger implements Ledger {
  readonly entries: Map<Address, Entry>

  constructor(entry: Entry | undefined) {
    this.entries = new Map(entry === undefined ? [] : [[entry.address, entry]])
  }

  async put(entry: Entry): Promise<void> {
    this.entries.set(entry.address, entry)
  }

  async drop(address: Address): Promise<void> {
    this.entries.delete(address)
  }

  /** The finalizer resource of the connection depends on `Outputs.written`, so nothing has to be noted here. */
  async finalizeDue(): Promise<void> {}
}
