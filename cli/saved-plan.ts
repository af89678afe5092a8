import { readFile, stat } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../config/errors.ts'
import type { Selection } from '../config/project/documents.ts'
import { actor } from '../evidence/who.ts'
import { writePrivately } from '../reconciler/file-deliveries.ts'
import type { Allowance, Plan } from '../reconciler/model.ts'
import { digestOfPlan } from '../reconciler/plan.ts'
import type { TargetOptions } from './targets.ts'

const MAX_BYTES = 256 * 1024 * 1024
const VERSION = 1

/** What `apply` needs of a plan file; the plan itself is in it for people and tools to read. */
const SAVED = Type.Object({
  version: Type.Literal(VERSION),
  selection: Type.Object({
    project: Type.Optional(Type.String()),
    environment: Type.Optional(Type.String()),
    paths: Type.Array(Type.String()),
  }),
  target: Type.Optional(Type.Array(Type.String())),
  by: Type.Optional(Type.String()),
  policy: Type.Object({
    prune: Type.Boolean(),
    allow: Type.Array(Type.Enum(['delete', 'replace', 'empty'])),
    maxDeleteShare: Type.Number(),
  }),
  documents: Type.String(),
  plan: Type.Object({
    digest: Type.String(),
    steps: Type.Array(Type.Object({})),
    finalize: Type.Array(Type.String()),
    orphans: Type.Array(Type.String()),
  }),
})
type Saved = Static<typeof SAVED>

export interface SavedPlan extends TargetOptions {
  readonly selection: Selection
  readonly allowance: Allowance
  /** Who has planned, and allowed what the plan is allowed. */
  readonly by?: string
  /** Digest of the documents that were planned. */
  readonly documents: string
  /** Digest of the plan. */
  readonly digest: string
}

/** Saves a plan (mode 0600). Secrets are masked in it, as everywhere. */
export async function writeSavedPlan(
  file: string,
  { project, environment, paths, target }: Selection & TargetOptions,
  allowance: Allowance,
  documents: string,
  plan: Plan,
): Promise<void> {
  const selection = { project, environment, paths }
  const saved = {
    version: VERSION,
    selection,
    target,
    by: actor(process.env).user,
    policy: { ...allowance, allow: [...allowance.allow] },
    documents,
    plan,
  }
  await writePrivately(file, `${JSON.stringify(saved, undefined, 2)}\n`)
}

/** Reads a saved plan. Throws IO when it cannot be read, USAGE when it is none. */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  const { selection, target, by, policy, documents, plan } = parse(await readText(file), file)
  return {
    selection,
    allowance: { ...policy, allow: new Set(policy.allow) },
    documents,
    digest: plan.digest,
    ...(target && { target }),
    ...(by !== undefined && { by }),
  }
}

async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).size <= MAX_BYTES) return await readFile(file, 'utf8')
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read the plan ${file}`, { cause })
  }
  throw new PlumblineError('IO', `the plan ${file} is larger than 256 MiB`)
}

function parse(text: string, file: string): Saved {
  const value = json(text)
  if (Value.Check(SAVED, value)) return unedited(value, file)
  throw new PlumblineError('USAGE', `${file} is not a plan that this version saved`, {
    help: 'Make one with: plumbline plan --out FILE',
  })
}

/** What people read in the file has to be what is applied. */
function unedited(saved: Saved, file: string): Saved {
  const { digest, ...plan } = saved.plan
  if (digestOfPlan(plan as Pick<Plan, 'steps' | 'finalize' | 'orphans'>) === digest) return saved
  throw new PlumblineError('USAGE', `${file} was changed after it was saved; nothing was done`, {
    help: 'Change the documents, and plan again.',
  })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
