import { readFileSync } from 'node:fs'
import { PlumblineError } from '../config/errors.ts'
import { type ProcessEnvironment, runNamedIn } from '../config/project/documents.ts'
import { Repository, repositoryOf } from '../config/project/git.ts'
import { thisRun } from '../reconciler/lock.ts'
import { Secret } from '../reconciler/secret.ts'
import type { RunFacts } from './run.ts'

/** Variables in which pipelines name who began a run; the first one that is set counts. */
const ACTORS = ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'BUILD_REQUESTEDFOREMAIL', 'BUILDKITE_BUILD_CREATOR_EMAIL']

/** Who runs this process: whom the pipeline names, else the account. */
export function actor(env: ProcessEnvironment): RunFacts['who'] {
  const { user, host, run } = thisRun(runNamedIn(env))
  const named = ACTORS.map((name) => env[name]).find(Boolean)
  return { user: named ?? user, host, ...(run !== undefined && { run }) }
}

/** What git has checked out around a folder, as far as there is a git that tells. */
export function commitOf(folder: string): Pick<RunFacts, 'commit'> {
  const root = repositoryOf(folder)
  if (root === undefined) return {}
  try {
    const repository = new Repository(root)
    const id = repository.commit('HEAD')
    return id === undefined ? {} : { commit: { id, changed: repository.hasChanges(folder) } }
  } catch {
    return {}
  }
}

/** The key that signs, where a person or a pipeline gives one. Throws IO. */
export function givenKey({
  PLUMBLINE_EVIDENCE_KEY: text,
  PLUMBLINE_EVIDENCE_KEY_FILE: file,
}: ProcessEnvironment): Secret | undefined {
  if (text) return new Secret(text)
  if (!file) return undefined
  try {
    return new Secret(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read the key that signs evidence, ${file}`, { cause })
  }
}
