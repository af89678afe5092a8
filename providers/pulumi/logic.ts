import { toPlumblineError } from '../../config/errors.ts'
import { DocumentVerbs } from './documents.ts'
import { FinalizerVerbs } from './finalizer.ts'
import { Workspace } from './workspace.ts'

/** The verbs of a dynamic provider; what they take and give is plain JSON. */
type Verb = (...args: never[]) => Promise<unknown>
interface Verbs {
  readonly check: Verb
  readonly diff: Verb
  readonly create: Verb
  readonly read: Verb
  readonly update: Verb
  readonly delete: Verb
}

/** Where a verb finds the inputs or outputs of the resource that it is about. */
const SUBJECT = { check: 1, diff: 2, create: 0, read: 1, update: 2, delete: 1 } as const satisfies Record<
  keyof Verbs,
  number
>

interface ConfigureRequest {
  readonly config: { get(key: string): string | undefined }
}

let verbs: { readonly documents: Verbs; readonly finalizer: Verbs } | undefined

async function configure({ config }: ConfigureRequest): Promise<void> {
  const workspace = await Workspace.open((key) => config.get(key))
  verbs = { documents: new DocumentVerbs(workspace), finalizer: new FinalizerVerbs(workspace) }
}

async function call(verb: keyof Verbs, args: readonly unknown[]): Promise<unknown> {
  const subject = args[SUBJECT[verb]] as { readonly finalizes?: string }
  const chosen = subject.finalizes === undefined ? verbs?.documents : verbs?.finalizer
  return chosen?.[verb](...(args as never[]))
}

/** People see the message and what they can do; the stack trace of an expected failure says nothing to them. */
function forPeople(thrown: unknown): unknown {
  if (thrown instanceof Error && 'reasons' in thrown) return Object.assign(thrown, { stack: '' })
  const { code, message, help } = toPlumblineError(thrown)
  const error = new Error(help === undefined ? message : `${message}. ${help}`, { cause: thrown })
  return Object.assign(error, { stack: code })
}

const guarded =
  <A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>) =>
  async (...args: A): Promise<unknown> => {
    try {
      return await work(...args)
    } catch (thrown) {
      throw forPeople(thrown)
    }
  }

const names = Object.keys(SUBJECT) as (keyof Verbs)[]

/** The dynamic provider behind the shell. */
export const provider = {
  configure: guarded(configure),
  ...Object.fromEntries(names.map((verb) => [verb, guarded((...args: readonly unknown[]) => call(verb, args))])),
}
