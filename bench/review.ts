import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureTool } from '../engine/engine.ts'
import { GitHubFake } from '../tests/forge/github-fake.ts'
import { mixedProject } from './documents.ts'
import { kubeconform } from './kubeconform.ts'
import { report, timedCommand } from './measure.ts'
import { PLUMBLINE } from './plumbline.ts'
import { tenantProject } from './tenants.ts'

const DOCUMENTS = 1_000
/** All programs in turns: on a machine whose speed changes only such numbers can be compared. */
const TURNS = 3

type Timed = Awaited<ReturnType<typeof timedCommand>>

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-C', folder, ...args], {
    encoding: 'utf8',
  }).trim()

/** The files as they are on `main`, and a branch that is checked out and changes some of them. Returns its commit. */
function branched(folder: string, change: () => void): string {
  writeFileSync(join(folder, '.gitignore'), '.plumbline\n')
  git(folder, 'init', '-q', '-b', 'main')
  git(folder, 'add', '-A')
  git(folder, 'commit', '-qm', 'main')
  git(folder, 'checkout', '-qb', 'change')
  change()
  git(folder, 'commit', '-qam', 'change')
  return git(folder, 'rev-parse', 'HEAD')
}

const review = (folder: string, ...more: readonly string[]): Promise<Timed> =>
  timedCommand(process.execPath, [...PLUMBLINE, 'review', '--base', 'main', ...more], folder)

const least = (turns: readonly Timed[], of: keyof Timed): number => Math.min(...turns.map((turn) => turn[of]))

/** Says nothing about a login of anybody, so that no verdict stands in the way. */
const retitled = (text: string): string => text.replaceAll('displayName: Acme', 'displayName: Another')

/** From the documents alone, and what others do with the same files: build them, and check their shape. */
async function fromDocuments() {
  const { folder, remove } = mixedProject(DOCUMENTS)
  const [peer, kustomize] = [await kubeconform(), await ensureTool('kustomize')]
  const files = readdirSync(join(folder, 'documents')).map((set) => `documents/${set}/all.yaml`)
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: files }))
  try {
    const head = branched(folder, () => {
      for (const file of files) {
        const path = join(folder, file)
        writeFileSync(path, retitled(readFileSync(path, 'utf8')))
      }
    })
    const [ours, theirs]: [Timed[], Timed[]] = [[], []]
    for (let turn = 0; turn < TURNS; turn += 1) {
      ours.push(await review(folder))
      const pipe = `${kustomize} build . | ${[peer.command, ...peer.args].map((word) => `'${word}'`).join(' ')} -`
      theirs.push(await timedCommand('sh', ['-c', pipe], folder))
    }
    return {
      seconds: least(ours, 'seconds'),
      cpuSeconds: least(ours, 'cpuSeconds'),
      peerSeconds: least(theirs, 'seconds'),
      peerCpuSeconds: least(theirs, 'cpuSeconds'),
      forgeCalls: await callsOfPost(folder, head),
    }
  } finally {
    peer.remove()
    remove()
  }
}

/** How often a forge is asked to write the review into a pull request. */
async function callsOfPost(folder: string, head: string): Promise<number> {
  const fake = await GitHubFake.start()
  try {
    fake.addPull({ head })
    process.env.PLUMBLINE_FORGE_TOKEN = 'token-of-job'
    await review(folder, '--post', `${fake.site}/acme/identity/pull/1`)
    return fake.calls.length
  } finally {
    await fake.stop()
  }
}

/** With the plan: every tenant is looked at in the embedded service. */
async function live() {
  const { folder, remove } = tenantProject(DOCUMENTS)
  try {
    await timedCommand(process.execPath, [...PLUMBLINE, 'apply', '--yes', '--quiet'], folder)
    const path = join(folder, 'documents/all.yaml')
    branched(folder, () => writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"Tenant 1', '"Another 1')))
    const turns: Timed[] = []
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await review(folder, '--live'))
    return { liveSeconds: least(turns, 'seconds'), liveCpuSeconds: least(turns, 'cpuSeconds') }
  } finally {
    remove()
  }
}

const TENANTS_SIGNED_IN = 20

/** With real logins at every tenant, before and after a change. */
async function signIn() {
  const { folder, remove } = tenantProject(TENANTS_SIGNED_IN)
  try {
    const path = join(folder, 'documents/all.yaml')
    branched(folder, () => writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"Tenant 1', '"Another 1')))
    const { seconds, cpuSeconds } = await review(folder, '--sign-in')
    return { signInSeconds: seconds, signInCpuSeconds: cpuSeconds }
  } finally {
    remove()
  }
}

report({ ...(await fromDocuments()), ...(await live()), ...(await signIn()) })
