import type { Documents } from '../../config/project/documents.ts'
import { once } from '../../evidence/once.ts'
import { evidenceOf } from '../../evidence/places.ts'
import { chainOf, witnessOf } from '../../evidence/run.ts'
import { actor, commitOf, givenKey } from '../../evidence/who.ts'
import { digestOf } from '../../reconciler/digest.ts'
import type { Witness } from '../../reconciler/witness.ts'

/**
 * Each write of a stack is a run of its own, since the engine decides when one comes and ends this process without a word:
 * on record before anything is sent, and at its end. The chain is the one of the environment, whoever else applies there.
 */
export function stackWitness(documents: Documents): (stack: string | undefined) => Witness {
  const known = once(async () => ({
    chain: chainOf(await evidenceOf(documents), givenKey(process.env)),
    facts: {
      command: 'pulumi' as const,
      scope: documents.scope,
      who: actor(process.env),
      ...commitOf(documents.folder),
      approvedBy: [],
      documents: digestOf(documents.resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }))),
    },
  }))
  return (stack) => ({
    begins: async (step) => {
      const { chain, facts } = await known()
      return witnessOf(chain, () => ({ ...facts, ...(stack !== undefined && { stack }) })).begins(step)
    },
  })
}
