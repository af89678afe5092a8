import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../../config/errors.ts'
import { findProjectFile } from '../../config/project/file.ts'
import { repositoryOf } from '../../config/project/git.ts'
import { openProject } from '../../config/project/project.ts'
import type { Resource } from '../../config/resource.ts'
import { jobRepository, repositoryAt } from '../../forge/address.ts'
import { credentialsIn } from '../../forge/credentials.ts'
import type { ForgeKind } from '../../forge/model.ts'
import { openForge } from '../../forge/open.ts'
import type { Plan } from '../../reconciler/model.ts'
import { Checkout } from '../../review/git.ts'
import { driftOfConnections } from '../../review/proposal/drifted.ts'
import { type Proposed, publish } from '../../review/proposal/publish.ts'
import { projectFiles } from '../project-files.ts'
import type { Run } from '../run.ts'

export interface ProposeOptions {
  /** Address of the repository; `true`: that of the job of the CI. */
  readonly propose?: string | true
  readonly forge?: ForgeKind
  readonly branch: string
  readonly project?: string
  readonly environment?: string
}

/** Where proposals go, looked at before anything else is done. Throws USAGE. */
export function openProposals(run: Run, { propose, forge: kind, branch: base, ...options }: ProposeOptions) {
  const address = propose === true ? jobRepository(process.env) : repositoryAt(propose ?? '', kind)
  const forge = openForge(address, credentialsIn(process.env), { signal: run.signal })
  const file = resolve(options.project ?? findProjectFile(process.cwd()))
  const { environment } = openProject({ ...options, file })
  const root = repositoryOf(dirname(file))
  if (root === undefined) throw new PlumblineError('USAGE', `${file} is in no git repository`)
  const checkout = new Checkout(root, process.env)
  /** Opens, updates or withdraws the pull request of each Connection. */
  return async (plan: Plan, resources: readonly Resource[]): Promise<readonly Proposed[]> => {
    await requireCommitted(checkout, file)
    const named = environment === undefined ? {} : { environment }
    const drifts = driftOfConnections({ plan, resources, file, ...named })
    return publish({ forge, checkout, base, project: checkout.pathOf(file), ...named }, drifts)
  }
}

/** A proposal changes what is committed, so that is what has to lie there. */
async function requireCommitted(checkout: Checkout, project: string): Promise<void> {
  const { documents, overlays } = projectFiles({ project })
  const [changed] = await checkout.changed([project, ...documents, ...overlays])
  if (changed === undefined) return
  throw new PlumblineError('USAGE', `${changed} is not as it was committed; proposals are for what is`, {
    help: 'Commit it, or put it back.',
  })
}
