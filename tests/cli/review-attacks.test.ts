import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORGANIZATION, Project, RUNTIME, tenant } from './project.ts'

const PROJECT = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
const GATE = '.github/workflows/plumbline.yml'
const STOLEN = { PIPELINE_KEY: 'marked-pipeline-key-77aa' }
const KNOWN = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: known}
spec:
  system: SecretsVault
  endpoint: KNOWN_URL
  allow: {tenants: [there]}
  credentials: {apiKey: {fromEnv: KNOWN_KEY}}
---
${tenant('there', 6).replace('runtime', 'known')}`

/** A branch that does one thing, and what a reviewer has to read of it. */
interface Attack {
  readonly does: (project: Project, url: string) => Promise<void>
  readonly shown: readonly string[]
}

const rewrite =
  (file: string, from: string, to: (url: string) => string): Attack['does'] =>
  (project, url) =>
    project.write(file, ({ ...BASE }[file] ?? '').replace(from, to(url)))

const BASE: Readonly<Record<string, string>> = {
  'plumbline.yaml': `${PROJECT}secrets: {allow: {env: [SAILPOINT_CLIENT_ID, SAILPOINT_CLIENT_SECRET, KNOWN_KEY]}}\n`,
  'documents/base.yaml': [RUNTIME, ORGANIZATION].join('---\n'),
  'documents/known.yaml': KNOWN,
  'documents/web.yaml': tenant('web', 6),
  '.gitignore': '.plumbline\n',
  [GATE]: 'jobs: {review: {steps: [{run: plumbline review --base origin/main}]}}\n',
  CODEOWNERS: '* @security\n',
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'changes the workflow that reviews it': {
    does: (project) => project.write(GATE, 'jobs: {review: {steps: [{run: "true"}]}}\n'),
    shown: [`? a changed gate (${GATE}:1); shown, not followed`],
  },
  'brings a gate of its own': {
    does: (project) => project.write('.ci/run', '#!/bin/sh\ntouch stolen\n'),
    shown: ['? a changed gate (.ci/run:1); shown, not followed'],
  },
  'puts a link in the place of the gate': {
    does: async (project) => {
      await rm(join(project.folder, GATE))
      await symlink('/etc/passwd', join(project.folder, GATE))
    },
    shown: [`? a changed gate (${GATE}:1); shown, not followed`],
  },
  'takes away who has to agree': {
    does: (project) => rm(join(project.folder, 'CODEOWNERS')),
    shown: ['? a changed gate (CODEOWNERS:1); shown, not followed'],
  },
  'lets itself read every secret, in the project file': {
    does: rewrite('plumbline.yaml', '[SAILPOINT_CLIENT_ID, SAILPOINT_CLIENT_SECRET, KNOWN_KEY]', () => "['*']"),
    shown: ['? a changed project file: secrets (plumbline.yaml:5); shown, not followed'],
  },
  'lifts a guard, in the project file': {
    does: (project) => project.write('plumbline.yaml', `${BASE['plumbline.yaml']}guards: {maxDeleteShare: 1}\n`),
    shown: ['? a changed project file: guards (plumbline.yaml:6); shown, not followed'],
  },
  'points a known Connection at somebody else': {
    does: rewrite('documents/known.yaml', 'KNOWN_URL', (url) => url),
    shown: ['? another endpoint of a Connection: http://127.0.0.1:'],
  },
  'shows a known Connection another credential': {
    does: rewrite('documents/known.yaml', 'KNOWN_KEY', () => 'PIPELINE_KEY'),
    shown: ['? another credentials of a Connection', '? a secret from the environment variable PIPELINE_KEY'],
  },
  'widens what a known Connection may touch': {
    does: rewrite('documents/known.yaml', '[there]', () => '[there, web]'),
    shown: ['? another allow of a Connection'],
  },
  'reads another secret in a document': {
    does: rewrite('documents/base.yaml', 'SAILPOINT_CLIENT_SECRET', () => 'PIPELINE_KEY'),
    shown: ['? a secret from the environment variable PIPELINE_KEY'],
  },
  'reads a file of the machine as a secret': {
    does: rewrite('documents/base.yaml', '{fromEnv: SAILPOINT_CLIENT_SECRET}', () => '{fromFile: /etc/passwd}'),
    shown: ['? a secret from the file /etc/passwd'],
  },
  'links a document to a file of the machine': {
    does: (project) => symlink('/etc/passwd', join(project.folder, 'documents/passwd.yaml')),
    shown: ['documents/passwd.yaml:1:1 this link leads out of the folder and is not followed'],
  },
  'links its documents to a folder of the machine': {
    does: async (project) => {
      await rename(join(project.folder, 'documents'), join(project.folder, 'away'))
      await symlink('/etc', join(project.folder, 'documents'))
    },
    shown: ['documents holds no document'],
  },
  'brings a submodule': {
    does: async (project) => {
      await mkdir(join(project.folder, 'documents/sub'))
      await project.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},documents/sub`)
    },
    shown: [],
  },
}

describe('a pull request that', () => {
  const arrived: string[] = []
  /** Whom the base speaks to, and somebody else: both let nobody in. */
  const [known, stranger] = [[] as string[], arrived].map((requests) =>
    createServer((request, response) => {
      requests.push(JSON.stringify(request.headers))
      response.writeHead(401).end()
    }),
  ) as [Server, Server]
  const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  beforeAll(async () => {
    for (const server of [known, stranger]) await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(() => [known, stranger].map((server) => server.close()))

  /** With the address that the base speaks to. */
  const written = async (project: Project, file: string, content: string): Promise<void> =>
    project.write(file, content.replaceAll('KNOWN_URL', urlOf(known)))

  async function attacked({ does }: Attack): Promise<Project> {
    const project = await Project.empty()
    for (const [file, content] of Object.entries(BASE)) await written(project, file, content)
    await project.git('init', '-q', '-b', 'main')
    await project.git('add', '-A')
    await project.git('commit', '-qm', 'main')
    await project.git('checkout', '-qb', 'attack')
    await does(project, urlOf(stranger))
    const file = 'documents/known.yaml'
    const text = await readFile(join(project.folder, file), 'utf8').catch(() => '')
    if (text !== '') await written(project, file, text)
    const isSubmodule = execFileSync('git', ['diff', '--cached', '--name-only'], { cwd: project.folder }).length > 0
    if (!isSubmodule) await project.git('add', '-A')
    await project.git('commit', '-qm', 'attack')
    return project
  }

  it.each(Object.entries(ATTACKS))('%s is shown, and not followed', async (_, attack) => {
    const project = await attacked(attack)
    const env = { ...STOLEN, KNOWN_KEY: 'marked-known-key-31bc' }
    const said = await project.runWith(env, 'review', '--base', 'main')
    const live = await project.runWith(env, 'review', '--base', 'main', '--live')
    for (const text of attack.shown) for (const { stdout } of [said, live]) expect(stdout).toContain(text)
    const all = JSON.stringify([said, live, arrived])
    expect(arrived).toEqual([])
    for (const secret of [...Object.values(STOLEN), 'marked-known-key', 'root:x:0', 'stolen'])
      expect(all).not.toContain(secret)
  })

  it('changes nothing of all that shows none of it', async () => {
    const project = await attacked({ does: (p) => p.write('documents/web.yaml', tenant('web', 7)), shown: [] })
    expect((await project.run('review', '--base', 'main')).stdout).not.toContain('shown, not followed')
  })
})
