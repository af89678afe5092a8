import type { RepositoryAddress } from './address.ts'
import type { ForgeClient } from './client.ts'
import type { Forge } from './model.ts'
import { setStatus } from './status.ts'
import { ACCOUNT, basic, sharedVerbs } from './verbs.ts'

/** Gitea and Forgejo: GitHub's API in their dialect, without check runs. */
export const giteaForge = ({ site, repository }: RepositoryAddress, client: ForgeClient): Forge => ({
  kind: 'Gitea',
  repository,
  commentLimit: 65_535,
  ...sharedVerbs(client, { page: { limit: 50 }, latest: { sort: 'recentupdate' } }),
  account: async () => (await client.read('GET /user', ACCOUNT)).login,
  report: (commit, report) => setStatus(client, commit, report),
  gitAccess: async () => ({ url: `${site}/${repository}.git`, authorization: basic(await client.token()) }),
})
