import { toPlumblineError } from '../../config/errors.ts'
import { reportToEngine } from './diagnostics.ts'
import { DocumentVerbs } from './documents.ts'
import { FinalizerVerbs } from './finalizer.ts'
import { messageOf } from './message.ts'
import { OwnerVerbs } from './owner.ts'
import { StackWorkspace } from './workspace.ts'

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

interface Resources {
  readonly documents: Verbs
  readonly finalizer: Verbs
  readonly owner: Verbs
}

/** Resources other than documents, by a property that they alone have. */
const MARKS = { finalizes: 'finalizer', mayEnd: 'owner' } as const satisfies Readonly<Record<string, keyof Resources>>
const marks = Object.entries(MARKS)

/** The SDK calls verbs of other resources while `configure` still runs. */
const opened = Promise.withResolvers<Resources>()

async function configure({ config }: ConfigureRequest): Promise<void> {
  reportToEngine(process.argv[2])
  opened.resolve(openResources(config))
  await opened.promise
}

async function openResources(config: ConfigureRequest['config']): Promise<Resources> {
  const workspace = await StackWorkspace.open((key) => config.get(key))
  return {
    documents: new DocumentVerbs(workspace),
    finalizer: new FinalizerVerbs(workspace),
    owner: new OwnerVerbs(workspace),
  }
}

async function call(verb: keyof Verbs, args: readonly unknown[]): Promise<unknown> {
  const resources = await opened.promise
  const subject = args[SUBJECT[verb]] as object
  const name = marks.find(([property]) => Object.hasOwn(subject, property))?.[1] ?? 'documents'
  return resources[name][verb](...(args as never[]))
}

/** People see the message and what they can do; the stack trace of an expected failure says nothing to them. */
function forPeople(thrown: unknown): unknown {
  if (thrown instanceof Error && 'reasons' in thrown) return Object.assign(thrown, { stack: '' })
  return Object.assign(new Error(messageOf(thrown), { cause: thrown }), { stack: toPlumblineError(thrown).code })
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
