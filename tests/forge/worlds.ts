import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RepositoryAddress } from '../../forge/address.ts'
import { credentialsIn } from '../../forge/credentials.ts'
import type { Forge } from '../../forge/model.ts'
import { openForge } from '../../forge/open.ts'
import type { Clock } from '../../reconciler/retry.ts'
import { Gitea } from '../support/gitea.ts'
import { Clone } from './git.ts'
import { GitHubFake } from './github-fake.ts'

/** What was reported on a commit. */
interface Reported {
  readonly state: string
  readonly title: string
}

/** A repository `acme/identity` with a branch `main`, and what a test can do there beside the forge. */
export interface ForgeWorld {
  readonly address: RepositoryAddress
  readonly forge: Forge
  /** Login of the account of `forge`. */
  readonly bot: string
  /** Opens a pull request that adds `added.yaml`; returns its number. */
  open(branch: string, options?: { readonly fork?: true }): Promise<number>
  /** The pushed branch, for a pull request that is still to be made. */
  pushed(branch: string): Promise<void>
  commentAs(login: 'alice', number: number, body: string): Promise<void>
  /** Alice puts a label there. */
  label(number: number, name: string): Promise<void>
  reported(commit: string): Promise<readonly Reported[]>
  close(): Promise<void>
}

/** Time without waiting: pauses are only noted, in milliseconds. */
export const pauses = (): Clock & { readonly slept: number[] } => {
  const slept: number[] = []
  return { now: Date.now, random: () => 0, sleep: async (ms) => void slept.push(ms), slept }
}

/** People of both worlds: `alice` may write, `reader` may read, `stranger` has no right, `nobody` has no account. */
export async function giteaWorld(): Promise<ForgeWorld> {
  const gitea = await Gitea.start()
  const { admin } = gitea
  const [alice, mallory] = [await gitea.person('alice'), await gitea.person('mallory')]
  await gitea.person('reader')
  await gitea.person('stranger')
  await gitea.call(admin, 'POST', '/orgs', { username: 'acme' })
  await gitea.call(admin, 'POST', '/orgs/acme/repos', { name: 'identity', default_branch: 'main', private: true })
  const repository = 'acme/identity'
  const grant = (login: string, permission: string) =>
    gitea.call(admin, 'PUT', `/repos/${repository}/collaborators/${login}`, { permission })
  await grant('alice', 'write')
  await grant('reader', 'read')
  await grant('mallory', 'read')
  const clone = await Clone.create(gitea.remote(alice, repository))
  const push = async (branch: string, files: Readonly<Record<string, string>>, to = repository) =>
    gitea.noticed(to, branch, await clone.push(branch, files))
  await push('main', { 'README.md': 'documents' })
  const address = { kind: 'Gitea', site: gitea.url, repository } as const
  const open = async (branch: string, { fork }: { readonly fork?: true } = {}) => {
    await clone.git('checkout', '-q', '-B', branch, 'main')
    if (fork) {
      await gitea.call(mallory, 'POST', `/repos/${repository}/forks`, {})
      await clone.git('remote', 'set-url', 'origin', gitea.remote(mallory, 'mallory/identity'))
    }
    await push(branch, { 'added.yaml': branch }, fork ? 'mallory/identity' : repository)
    await clone.git('remote', 'set-url', 'origin', gitea.remote(alice, repository))
    const head = fork ? `mallory:${branch}` : branch
    const pull = { head, base: 'main', title: branch }
    return (await gitea.call<{ number: number }>(fork ? mallory : alice, 'POST', `/repos/${repository}/pulls`, pull))
      .number
  }
  return {
    address,
    forge: openForge(address, credentialsIn({ PLUMBLINE_FORGE_TOKEN: admin.token })),
    bot: 'root',
    open,
    pushed: async (branch) => {
      await clone.git('checkout', '-q', '-B', branch, 'main')
      await push(branch, { 'proposed.yaml': branch })
    },
    commentAs: async (_login, number, body) => {
      await gitea.call(alice, 'POST', `/repos/${repository}/issues/${number}/comments`, { body })
    },
    label: async (number, name) => {
      const label = { name, color: '#ff0000' }
      const { id } = await gitea.call<{ id: number }>(admin, 'POST', `/repos/${repository}/labels`, label)
      await gitea.call(alice, 'POST', `/repos/${repository}/issues/${number}/labels`, { labels: [id] })
    },
    reported: async (commit) => {
      const all = await gitea.call<{ status: string; description: string }[]>(
        admin,
        'GET',
        `/repos/${repository}/statuses/${commit}`,
      )
      return all.map(({ status, description }) => ({ state: status, title: description }))
    },
    close: async () => {
      await clone.remove()
      await gitea.stop()
    },
  }
}

/** Who calls, and under which login. */
const CALLERS = {
  bot: { bot: 'plumbline-bot', env: () => ({ PLUMBLINE_FORGE_TOKEN: 'token-of-bot' }) },
  job: { bot: 'github-actions[bot]', env: () => ({ GITHUB_TOKEN: 'token-of-job' }) },
  app: { bot: 'plumbline[bot]', env: () => ({ PLUMBLINE_APP_ID: '42', PLUMBLINE_APP_KEY_FILE: keyFile() }) },
} as const

function keyFile(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-app-')), 'key.pem')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return file
}

/** Every request and answer is valid by GitHub's description: closing it checks that. */
export async function gitHubWorld(
  as: keyof typeof CALLERS,
  clock?: Clock,
): Promise<ForgeWorld & { readonly fake: GitHubFake }> {
  const fake = await GitHubFake.start()
  for (const [login, right] of [
    ['alice', 'write'],
    ['reader', 'read'],
    ['stranger', 'none'],
  ] as const)
    fake.permissions.set(login, right)
  const address = { kind: 'GitHub', site: fake.site, repository: fake.repository } as const
  return {
    fake,
    address,
    forge: openForge(address, credentialsIn(CALLERS[as].env()), { ...(clock && { clock }) }),
    bot: CALLERS[as].bot,
    open: async (branch, { fork } = {}) =>
      fake.addPull({
        branch,
        title: branch,
        files: [{ filename: 'added.yaml', status: 'added' }],
        ...(fork && { fork, author: 'mallory' }),
      }).number,
    pushed: async () => undefined,
    commentAs: async (author, pull, body) => void fake.comments.push({ id: fake.nextId(), pull, author, body }),
    label: async (pull, label) => {
      fake.labellings.push({ pull, label, by: 'alice', at: '2026-01-02T00:00:00Z' })
      const found = fake.pulls.find(({ number }) => number === pull)
      if (found !== undefined) Object.assign(found, { labels: [...found.labels, label] })
    },
    reported: async (commit) => [
      ...fake.statuses
        .filter(({ sha }) => sha === commit)
        .map(({ state, description }) => ({ state: String(state), title: String(description) })),
      ...fake.checkRuns
        .filter(({ head_sha }) => head_sha === commit)
        .map(({ conclusion, output }) => ({ state: conclusion, title: String(output.title) })),
    ],
    close: async () => {
      await fake.stop()
      if (fake.problems.length > 0) throw new Error(fake.problems.join('\n'))
    },
  }
}
