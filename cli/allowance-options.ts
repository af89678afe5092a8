import { type Command, InvalidArgumentError, Option } from 'commander'
import { ALLOWABLE } from '../config/project/schema.ts'
import type { Allowable } from '../library/allowance.ts'

export const isAllowable = (word: string): word is Allowable => (ALLOWABLE as readonly string[]).includes(word)

function collect(word: string, before: readonly Allowable[] = []): readonly Allowable[] {
  if (!isAllowable(word)) throw new InvalidArgumentError(`Allowed choices are ${ALLOWABLE.join(', ')}.`)
  return [...before, word]
}

/** Adds the options that say how much a plan may take away. */
export function withAllowanceOptions(command: Command): Command {
  return allowing(
    command.option('--prune', 'end the management of objects whose documents are gone, by their deletionPolicy'),
  )
}

/** Adds the option that permits what destroys. */
export const allowing = (command: Command): Command =>
  command.addOption(
    new Option('--allow <change>', 'allow delete, replace or empty; may be repeated').argParser(collect),
  )
