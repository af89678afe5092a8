import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Project } from '../config/project/project.ts'
import { ALLOWABLE } from '../config/project/schema.ts'
import { DEFAULT_POLICY, type Policy } from '../reconciler/model.ts'

type Allowable = (typeof ALLOWABLE)[number]

export interface PolicyOptions {
  readonly prune?: true
  readonly allow?: readonly Allowable[]
}

const isAllowable = (word: string): word is Allowable => (ALLOWABLE as readonly string[]).includes(word)

function collect(word: string, before: readonly Allowable[] = []): readonly Allowable[] {
  if (!isAllowable(word)) throw new InvalidArgumentError(`Allowed choices are ${ALLOWABLE.join(', ')}.`)
  return [...before, word]
}

/** Adds the options that say how much a plan may take away. */
export function guarded(command: Command): Command {
  return command
    .option('--prune', 'end the management of objects whose documents are gone, by their deletionPolicy')
    .addOption(new Option('--allow <change>', 'allow delete, replace or empty; may be repeated').argParser(collect))
}

/** The policy of a run: what the project allows, and what the command line adds. */
export function policyOf({ prune, allow = [] }: PolicyOptions, guards: Project['guards']): Policy {
  return {
    prune: prune ?? false,
    allow: new Set<Allowable>([...guards.allow, ...allow]),
    maxDeleteShare: guards.maxDeleteShare ?? DEFAULT_POLICY.maxDeleteShare,
  }
}
