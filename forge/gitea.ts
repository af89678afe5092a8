import { Type } from 'typebox'
import type { RepositoryAddress } from './address.ts'
import type { ForgeClient } from './client.ts'
import type { Forge, Labelling } from './model.ts'
import { setStatus } from './status.ts'
import { ACCOUNT, basic, loginIn, sharedVerbs, USER } from './verbs.ts'

/** Gitea and Forgejo: GitHub's API in their dialect, without check runs. */
export const giteaForge = ({ site, repository }: RepositoryAddress, client: ForgeClient): Forge => ({
  kind: 'Gitea',
  repository,
  commentLimit: 65_535,
  ...sharedVerbs(client, { page: { limit: 50 }, latest: { sort: 'recentupdate' } }),
  account: async () => (await client.read('GET /user', ACCOUNT)).login,
  labelled: (number, label) => labelled(client, number, label),
  report: (commit, report) => setStatus(client, commit, report),
  gitAccess: async () => ({ url: `${site}/${repository}.git`, authorization: basic(await client.token()) }),
})

const EVENT = Type.Object({
  type: Type.String(),
  user: USER,
  label: Type.Optional(Type.Union([Type.Object({ name: Type.String() }), Type.Null()])),
  /** `1` where a label was put there, and nothing where it was taken away. */
  body: Type.Optional(Type.String()),
  created_at: Type.String(),
})

async function labelled(client: ForgeClient, number: number, name: string): Promise<Labelling | undefined> {
  const route = 'GET /repos/{owner}/{repo}/issues/{number}/timeline'
  const events = await client.readAll(route, EVENT, { number, limit: 50 })
  const found = events.findLast(({ type, label, body }) => type === 'label' && label?.name === name && body === '1')
  return found && { by: loginIn(found.user), at: found.created_at }
}
