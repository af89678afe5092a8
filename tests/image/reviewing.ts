import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { sign } from '@octokit/webhooks-methods'
import { Project, tenant } from '../cli/project.ts'
import { SERVICE } from '../cli/reviewed.ts'
import { GitHubFake } from '../forge/github-fake.ts'

const SECRET = 'marked-webhook-secret'
const PATIENCE_MS = 120_000
/** `USER` of the container file. */
const USER = 65532

/** What a container has: the programs of its image, no home, nobody's configuration. */
export interface Contents {
  /** The root of the file system, as far as the recipe fills it. */
  readonly root: string
  /** Arguments of Node.js. */
  readonly command: readonly string[]
  readonly programs: readonly string[]
}

/** Runs `review serve` there with a repository on a forge; returns the comments after somebody has opened a pull request. */
export async function reviewedIn(contents: Contents): Promise<readonly string[]> {
  const fake = await GitHubFake.start()
  const project = await Project.lasting(SERVICE, tenant('web', 6))
  try {
    fake.permissions.set('plumbline-bot', 'admin')
    const commit = async (branch: string): Promise<string> => {
      await project.git('add', '-A')
      await project.git('commit', '-qm', branch)
      await project.git('push', '-q', fake.git.folder, `HEAD:refs/heads/${branch}`)
      return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project.folder, encoding: 'utf8' }).trim()
    }
    await project.git('init', '-q', '-b', 'main')
    await commit('main')
    await project.documents(SERVICE, tenant('web', 4))
    const head = await commit('weaker')
    const pull = fake.addPull({ branch: 'weaker', head })
    fake.git.git('update-ref', `refs/pull/${pull.number}/head`, head)
    await served(contents, fake, async (url) => {
      await opened(url, pull.number)
      const end = Date.now() + PATIENCE_MS
      while (!fake.statuses.some(({ state }) => state !== 'pending') && Date.now() < end) await delay(50)
    })
    return fake.comments.map(({ body }) => body)
  } finally {
    await project.remove()
    await fake.stop()
  }
}

async function served(contents: Contents, fake: GitHubFake, work: (url: string) => Promise<void>): Promise<void> {
  const child = await started(contents, fake)
  const closed = once(child, 'close')
  try {
    for await (const line of createInterface(child.stdout as NodeJS.ReadableStream)) {
      const url = /^Serving on (\S+)$/.exec(line)?.[1]
      if (url === undefined) continue
      await work(url)
      break
    }
  } finally {
    child.kill('SIGTERM')
    await closed
  }
}

/** As the user of the image, where we may become one. */
async function started({ root, command, programs }: Contents, fake: GitHubFake): Promise<ChildProcess> {
  const [bin, data] = [join(root, 'bin'), join(root, 'review')]
  await mkdir(bin)
  await mkdir(data)
  for (const program of programs) await symlink(pathOf(program), join(bin, program))
  const isRoot = process.getuid?.() === 0
  if (isRoot) await chown(data, USER, USER)
  await chmod(root, 0o755)
  const place = ['--repository', `${fake.site}/acme/identity`, '--forge', 'GitHub', '--port', '0', '--data', data]
  return spawn(process.execPath, [...command, 'review', 'serve', ...place], {
    cwd: data,
    env: { PATH: bin, NODE_ENV: 'production', PLUMBLINE_FORGE_TOKEN: 'token-of-bot', PLUMBLINE_WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot && { uid: USER, gid: USER }),
  })
}

const pathOf = (program: string): string =>
  execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()

async function opened(url: string, number: number): Promise<void> {
  const payload = { action: 'opened', repository: { full_name: 'acme/identity' }, pull_request: { number } }
  const body = JSON.stringify(payload)
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': 'delivery-1',
    'x-hub-signature-256': await sign(SECRET, body),
  }
  const { status } = await fetch(`${url}/webhook`, { method: 'POST', headers, body })
  if (status !== 202) throw new Error(`the webhook was answered ${status}`)
}
