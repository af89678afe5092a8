import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { runNamedIn } from '../../config/project/documents.ts'
import { takeLock } from '../../reconciler/file-lock.ts'
import { heldBy, LockTaken, patiently, thisRun } from '../../reconciler/lock.ts'
import { temporaryFolder } from '../support/folder.ts'

const RUNS = ['PLUMBLINE_RUN', 'CI_JOB_URL', 'BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL', 'GITHUB_RUN_ID']
const { signal } = new AbortController()

describe('who holds a lock', () => {
  it('is told by host, user, process and time', () => {
    expect(thisRun()).toEqual({
      host: expect.stringMatching(/./),
      user: expect.stringMatching(/./),
      pid: process.pid,
      since: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
    })
  })

  it.each(RUNS)('is told by the run of a pipeline that names itself in %s', (name) => {
    expect(thisRun(runNamedIn({ [name]: 'run 7' })).run).toBe('run 7')
  })

  it('is the first that is named, and what is empty names none', () => {
    expect(runNamedIn({ PLUMBLINE_RUN: '', CI_JOB_URL: 'first', GITHUB_RUN_ID: 'last' })).toBe('first')
    expect(runNamedIn({})).toBeUndefined()
  })

  it('is shown in one sentence, with the run where there is one', () => {
    const holder = { host: 'h', user: 'u', pid: 1, since: '2026-01-01' }
    expect(heldBy(holder, 'it is taken', 'wait')).toMatchObject({
      code: 'IO',
      message: 'it is taken: u on h, process 1, since 2026-01-01',
      help: 'wait',
    })
    expect(heldBy({ ...holder, run: 'r' }, 'it is taken', '').message).toBe(
      'it is taken: u on h, process 1, run r, since 2026-01-01',
    )
    expect(heldBy(undefined, 'it is taken', '').message).toBe('it is taken')
  })
})

describe('a lock on a file', () => {
  it('is taken once, and says who has it', () => {
    const path = join(temporaryFolder(), 'lock')
    const lock = takeLock(path, 'another run writes', 'Wait.')
    expect(() => takeLock(path, 'another run writes', 'Wait.')).toThrow(LockTaken)
    expect(() => takeLock(path, 'another run writes', 'Wait.')).toThrow(
      new RegExp(`^another run writes: .* process ${process.pid}, `),
    )
    expect(statSync(`${path}.holder`).mode & 0o777).toBe(0o600)
    lock.close()
    expect(existsSync(`${path}.holder`)).toBe(false)
    takeLock(path, '', '').close()
  })

  it('is held also when the file that says by whom is broken or gone', () => {
    const path = join(temporaryFolder(), 'lock')
    const lock = takeLock(path, 'another run writes', 'Wait.')
    writeFileSync(`${path}.holder`, 'half a wor')
    expect(() => takeLock(path, 'another run writes', 'Wait.')).toThrow(/^another run writes$/)
    expect(readFileSync(`${path}.holder`, 'utf8')).toBe('half a wor')
    lock.close()
  })
})

describe('waiting for a lock', () => {
  const taken = () => heldBy(undefined, 'it is taken', '')

  it('tries again until it is free, and says once that it waits', async () => {
    const told: string[] = []
    let tries = 0
    const open = () => {
      tries += 1
      if (tries < 4) throw taken()
      return 'open'
    }
    expect(await patiently(open, { seconds: 60, signal, onWait: (m) => void told.push(m) })).toBe('open')
    expect([tries, told]).toEqual([4, ['it is taken']])
  })

  it('gives up when the time is over, without a word where there is none', async () => {
    const told: string[] = []
    const waiting = patiently(() => Promise.reject(taken()), { seconds: 0, signal, onWait: (m) => void told.push(m) })
    await expect(waiting).rejects.toThrow(LockTaken)
    expect(told).toEqual([])
  })

  it('does not wait for what is wrong otherwise', async () => {
    const broken = new PlumblineError('IO', 'no such disk')
    const waiting = patiently(() => Promise.reject(broken), { seconds: 60, signal, onWait: () => expect.fail('waits') })
    await expect(waiting).rejects.toBe(broken)
  })

  it('ends with an interrupt', async () => {
    const controller = new AbortController()
    const waiting = patiently(() => Promise.reject(taken()), {
      seconds: 60,
      signal: controller.signal,
      onWait: () => controller.abort(),
    })
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })
})
