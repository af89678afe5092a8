import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FileInventory } from '../../reconciler/inventory.ts'
import { Project, RUNTIME, tenant } from './project.ts'
import { remoteRuntime, silentSystem } from './silent-system.ts'

describe('Ctrl-C', () => {
  it('stops a run that waits for a system, and says how to go on', async () => {
    const { url, asked } = await silentSystem()
    const project = await Project.create(remoteRuntime(url), tenant('web', 8))
    const child = project.start({}, 'plan')
    const ended = once(child, 'close')
    const stderr = text(child.stderr)
    await asked
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    expect(await stderr).toContain('error interrupted\nRun it again to continue.\n')
  })
})

describe('two runs on one inventory', () => {
  it('never write at the same time', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const other = FileInventory.open(join(project.folder, '.plumbline/inventory.db'), 'write')
    onTestFinished(() => other.close())
    const { code, stderr } = await project.run('apply', '--yes')
    expect(code).toBe(1)
    expect(stderr).toContain('another run is writing to this inventory')
  })
})

describe('a reader that has seen enough', () => {
  it('ends the output without a stack', async () => {
    const project = await Project.create(RUNTIME)
    const child = project.start({}, 'crds')
    const stderr = text(child.stderr)
    child.stdout.once('data', () => child.stdout.destroy())
    await once(child, 'close')
    expect(await stderr).toBe('')
  })
})
