import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Progress } from '../../cli/progress.ts'
import { Project, RUNTIME, tenant } from './project.ts'

const LOOK = 'validating the documents …\nreading the systems (1) …\nplanning …\n'

describe('progress away from a terminal', () => {
  it('is one line per stage on standard error', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    expect((await project.run('validate')).stderr).toBe('')
    expect((await project.run('apply', '--yes')).stderr).toBe(`${LOOK}applying (1) …\n`)
    for (const command of ['plan', 'drift']) expect((await project.run(command)).stderr).toBe(LOOK)
    expect((await project.run('export', '--connection', 'runtime')).stderr).toContain('\nreading runtime …\n')
  })

  it('is silent with --quiet', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    expect((await project.run('apply', '--yes', '--quiet')).stderr).toBe('')
  })
})

describe('progress', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  const shown = (isTTY: boolean, quiet = false): string => {
    const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
    const progress = new Progress(stream as unknown as WriteStream, 'applying', 3, quiet)
    progress.tick()
    vi.advanceTimersByTime(60_000)
    progress.end()
    return String(stream.read() ?? '')
  }

  it('stays one line however long a stage takes', () => expect(shown(false)).toBe('applying (3) …\n'))

  it('is a line on a terminal that goes when the stage ends', () => {
    const text = shown(true)
    expect(text).toContain('applying 1/3')
    expect(text).not.toContain('\n')
    expect(text.endsWith('\r\u001b[2K')).toBe(true)
  })

  it.each([true, false])('is nothing with --quiet (terminal: %s)', (isTTY) => expect(shown(isTTY, true)).toBe(''))
})
