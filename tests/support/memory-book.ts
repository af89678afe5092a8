import type { ClaimBook, Handover, Holder } from '../../reconciler/adapter.ts'

/** The book of who manages what, in memory, with the rules of the identity service. */
export class MemoryBook implements ClaimBook {
  readonly holders = new Map<string, Holder>()
  /** Every question, e.g. `hold Tenant///acme`. */
  readonly questions: string[] = []
  /** Thrown at the next question. */
  fault: Error | undefined

  #asked(question: string): void {
    this.questions.push(question)
    const { fault } = this
    this.fault = undefined
    if (fault !== undefined) throw fault
  }

  hold = async (object: string, by: Holder, handover: Handover): Promise<Holder> => {
    this.#asked(`hold ${object}`)
    const found = this.holders.get(object)
    if (found !== undefined && !mayTake(found, by, handover)) return found
    this.holders.set(object, by)
    return by
  }

  release = async (object: string, { owner, address }: Pick<Holder, 'owner' | 'address'>): Promise<void> => {
    this.#asked(`release ${object}`)
    const found = this.holders.get(object)
    if (found?.owner === owner && (found.address === undefined || found.address === address))
      this.holders.delete(object)
  }

  list = async (): Promise<ReadonlyMap<string, Holder>> => {
    this.#asked('list')
    return new Map(this.holders)
  }
}

function mayTake(found: Holder, by: Holder, { aliases = [], movedFrom, takeFrom }: Handover): boolean {
  if (found.owner === takeFrom) return true
  const isOurs = found.owner === by.owner || aliases.includes(found.owner)
  return isOurs && [undefined, by.address, movedFrom].includes(found.address)
}
