import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Forge } from '../../forge/model.ts'
import { Mirror } from '../../review/server/mirror.ts'

/** A mirror that has everything already: no forge is asked. */
describe('what a pull request was merged into', () => {
  let folder: string
  let mirror: Mirror
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', join(folder, 'clone'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()

  function commit(name: string): string {
    writeFileSync(join(folder, 'clone', name), name)
    git('add', name)
    git('commit', '-qm', name)
    return git('rev-parse', 'HEAD')
  }

  /** Main with one commit since the branch of two commits began. */
  function branched(): { readonly fork: string; readonly base: string; readonly head: string } {
    const fork = commit('first')
    git('checkout', '-qb', 'change')
    commit('one')
    const head = commit('two')
    git('checkout', '-q', 'main')
    return { fork, base: commit('other'), head }
  }

  /** Where it was merged, asked with the base as it was before, and as it is after. */
  async function asked(base: string, head: string): Promise<readonly string[]> {
    git('push', '-q', join(folder, 'mirror.git'), 'main', 'change')
    const merge = git('rev-parse', 'HEAD')
    return [await mirror.before(base, { merge, head }), await mirror.before(merge, { merge, head })]
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-mirror-'))
    for (const [place, ...kind] of [['clone'], ['mirror.git', '--bare']])
      execFileSync('git', ['init', '-q', '-b', 'main', ...kind, join(folder, place ?? '')])
    mirror = new Mirror(folder, {} as Forge, process.env)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is the base, also when that holds the merge already', async () => {
    const { base, head } = branched()
    git('merge', '-q', '--no-ff', 'change')
    expect(await asked(base, head)).toEqual([base, base])
    expect(await mirror.holds(git('rev-parse', 'HEAD'), head)).toBe(true)
    expect(await mirror.holds(base, head)).toBe(false)
  })

  it('is where the branch began, of a squash into a base that holds it already', async () => {
    const { fork, base, head } = branched()
    git('merge', '-q', '--squash', 'change')
    git('commit', '-qm', 'squashed')
    expect(await asked(base, head)).toEqual([base, fork])
  })

  it('is where the branch began, of a rebase, so that every commit of it is told', async () => {
    const { fork, base, head } = branched()
    git('checkout', '-qb', 'rebased', head)
    git('rebase', '-q', base)
    git('checkout', '-q', 'main')
    git('merge', '-q', '--ff-only', 'rebased')
    expect(await asked(base, head)).toEqual([base, fork])
  })
})
