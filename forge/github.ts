import { Type } from 'typebox'
import { PlumblineError } from '../config/errors.ts'
import type { RepositoryAddress } from './address.ts'
import type { ForgeClient } from './client.ts'
import type { Annotation, Forge, Labelling, Report } from './model.ts'
import { setStatus } from './status.ts'
import { ACCOUNT, ANYTHING, basic, loginIn, sharedVerbs, USER } from './verbs.ts'

/** Most annotations of one call. */
const BATCH = 50
const CHECK_RUN = Type.Object({ id: Type.Number() })
const RUNS = '/repos/{owner}/{repo}/check-runs'

/** GitHub, with check runs where the credentials are those of an App, and commit statuses elsewhere. */
export const gitHubForge = ({ site, repository }: RepositoryAddress, client: ForgeClient): Forge => ({
  kind: 'GitHub',
  repository,
  commentLimit: 65_536,
  ...sharedVerbs(client, { page: { per_page: 100 }, latest: { sort: 'updated', direction: 'desc' } }),
  account: () => accountOf(client),
  labelled: (number, label) => labelled(client, number, label),
  report: async (commit, report) => {
    if (!(await ranCheck(client, commit, report))) await setStatus(client, commit, report)
  },
  gitAccess: async () => ({ url: `${site}/${repository}.git`, authorization: basic(await client.token()) }),
})

const EVENT = Type.Object({
  event: Type.String(),
  actor: USER,
  label: Type.Optional(Type.Object({ name: Type.Union([Type.String(), Type.Null()]) })),
  created_at: Type.String(),
})

async function labelled(client: ForgeClient, number: number, name: string): Promise<Labelling | undefined> {
  const route = 'GET /repos/{owner}/{repo}/issues/{number}/events'
  const events = await client.readAll(route, EVENT, { number, per_page: 100 })
  const found = events.findLast(({ event, label }) => event === 'labeled' && label?.name === name)
  return found && { by: loginIn(found.actor), at: found.created_at }
}

/** The token of a job may not ask who it is: it is that of GitHub Actions. */
async function accountOf(client: ForgeClient): Promise<string> {
  const app = await client.appLogin()
  if (app !== undefined) return app
  try {
    return (await client.read('GET /user', ACCOUNT)).login
  } catch (error) {
    if (isForbidden(error)) return 'github-actions[bot]'
    throw error
  }
}

const isForbidden = (error: unknown): boolean => error instanceof PlumblineError && error.code === 'FORBIDDEN'

/** False where only an App may. */
async function ranCheck(client: ForgeClient, sha: string, report: Report): Promise<boolean> {
  const [first, ...others] = batchesOf(report.annotations)
  try {
    const { id } = await client.write(`POST ${RUNS}`, CHECK_RUN, {
      name: report.name,
      head_sha: sha,
      status: 'completed',
      conclusion: report.conclusion.replace(' ', '_'),
      ...(report.url !== undefined && { details_url: report.url }),
      output: outputOf(report, first ?? []),
    })
    for (const batch of others)
      await client.write(`PATCH ${RUNS}/{id}`, ANYTHING, { id, output: outputOf(report, batch) })
    return true
  } catch (error) {
    if (isForbidden(error)) return false
    throw error
  }
}

const batchesOf = (all: readonly Annotation[]): readonly (readonly Annotation[])[] =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH))

/** GitHub adds the annotations of each call to those before. */
const outputOf = ({ title, summary }: Report, annotations: readonly Annotation[]) => ({
  title,
  summary,
  annotations: annotations.map(({ path, line, level, title: about, text }) => ({
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: about,
    message: text,
  })),
})
