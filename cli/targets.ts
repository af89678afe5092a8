import type { Command } from 'commander'
import { targeted } from '../library/targeted.ts'
import type { Plan } from '../reconciler/model.ts'
import type { Run } from './run.ts'

export interface TargetOptions {
  readonly target?: readonly string[]
}

const collect = (word: string, before: readonly string[] = []): readonly string[] => [...before, word]

/** Adds the option that names the documents that a run is about. */
export const targetable = (command: Command): Command =>
  command.option('-t, --target <kind/name>', 'only this document and what it needs; may be repeated', collect)

/** The part of a plan that the options name; says how much is left out. */
export function targetedIn({ terminal }: Run, { target = [] }: TargetOptions, plan: Plan): Plan {
  const part = targeted(plan, target)
  const left = plan.steps.length - part.steps.length
  if (left > 0) terminal.note(`--target leaves ${left} ${left === 1 ? 'document' : 'documents'} out.`)
  return part
}
