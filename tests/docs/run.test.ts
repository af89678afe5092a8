import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { Shell } from './shell.ts'
import { linesIn, PAGES, ROOT, textOf } from './shown.ts'

/** It is typed as a whole by a test of its own. */
const TUTORIAL = 'docs/tutorial.md'

/** Commands that wait for people, a forge or a cluster, and the test that runs them with one. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'login --issuer': 'tests/cli/login.test.ts',
  serve: 'tests/cli/serve.test.ts',
  'review serve': 'tests/cli/review-serve.test.ts',
  'review --base origin/main --post': 'tests/cli/review-post.test.ts',
  'drift --propose': 'tests/cli/drift-propose.test.ts',
  'audit verify --evidence': 'tests/cli/evidence.test.ts',
  'log Tenant/identity/acme-web --evidence': 'tests/cli/evidence.test.ts',
}

/** The data folder of a host, as pages call it. */
const HOST = '/var/lib/plumbline'

const REALM = JSON.stringify({ users: [{ id: '7f1c', username: 'jane', email: 'jane@acme.example', enabled: true }] })

/** What is there before a command, by its first words. */
const BEFORE: Readonly<Record<string, string>> = {
  [`backup --data ${HOST}`]: 'cp -r .plumbline/data host',
  [`audit verify --data ${HOST}`]: 'cp -r .plumbline/data host',
  [`restore --data ${HOST}`]: [
    'plumbline backup --data .plumbline/data nightly.backup',
    'mkdir host && cp .plumbline/data/master.key host',
  ].join(' && '),
  'apply change.plan': 'plumbline plan --out change.plan',
  'inventory copy': `plumbline apply --yes -e production && echo 'inventory: \${environment}.db' >> plumbline.yaml`,
  'users import realm.json': `echo '${REALM}' > realm.json`,
  'init --organization': 'rm -rf -- ./* .git*',
  'init ../sample': `ln -s '${ROOT}bin' bin`,
  'apply --yes$': `ln -s '${ROOT}' ../before`,
  'validate --project examples/': `ln -s '${ROOT}examples' examples`,
}

/** What variables of a pipeline hold. */
const PIPELINE = {
  BASE: 'refs/heads/main',
  CHANGE_TARGET: 'main',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
}

const isFor = (words: string) => (line: string) => new RegExp(`(plumbline(\\.mjs)?|/cli) ${words}`).test(line)
const withoutComment = (line: string): string => line.replace(/ +# .*$/, '')

const SHOWN = PAGES.filter((page) => page !== TUTORIAL).flatMap((page) => linesIn(textOf(page)))
const LINES = [...new Set(SHOWN.map(withoutComment))]

const entryFor = (table: Readonly<Record<string, string>>, line: string): string | undefined =>
  Object.entries(table).find(([words]) => isFor(words)(line))?.[1]
const HERE = LINES.filter((line) => entryFor(ELSEWHERE, line) === undefined)

describe('a command that a page shows', () => {
  /** A project whose documents are applied and committed, and whose remote has its main branch. */
  let applied: string
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-test-'))
    const shell = await Shell.open(folder)
    const made = await shell.run(
      [
        'plumbline init acme --organization acme --display-name Acme && cd acme && plumbline apply --yes',
        'git init --quiet --initial-branch main && git add --all && git commit --quiet --message documents',
        'git init --quiet --bare .plumbline/origin && git remote add origin .plumbline/origin',
        'git push --quiet origin main',
      ].join(' && '),
    )
    expect(made).toMatchObject({ code: 0 })
    applied = join(folder, 'acme')
    return () => rm(folder, { recursive: true, force: true })
  })

  it.each(HERE)('runs in a project: %s', async (line) => {
    const folder = temporaryFolder()
    await cp(applied, join(folder, 'acme'), { recursive: true })
    const shell = await Shell.open(folder, PIPELINE)
    expect(await shell.run(entryFor(BEFORE, line) ?? 'true', 'acme')).toMatchObject({ code: 0 })

    expect(await shell.run(line.replace(HOST, 'host'), 'acme')).toMatchObject({ code: 0 })
  })
  it.each(Object.entries(ELSEWHERE))('or elsewhere: %s in %s', (words, test) => {
    expect(LINES.filter(isFor(words))).not.toEqual([])
    expect(existsSync(join(ROOT, test))).toBe(true)
  })
})
