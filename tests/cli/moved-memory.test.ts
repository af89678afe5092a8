import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, lstat, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bringOver } from '../../reconciler/bring-over.ts'
import { FileInventory } from '../../reconciler/inventory.ts'
import { Project, RUNTIME, tenant } from './project.ts'

const ENVIRONMENTS = `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: test
paths: [documents]
defaultEnvironment: dev
environments: {dev: {}, prod: {}}
`

/** Recorded by the release before environments had memories of their own: an apply of one tenant, ended by kill -9. */
const SAMPLE = join(import.meta.dirname, 'samples/one-memory')

async function projectOfBefore(): Promise<Project> {
  const project = await Project.create(RUNTIME, tenant('web', 8))
  await project.write('plumbline.yaml', ENVIRONMENTS)
  await cp(SAMPLE, join(project.folder, '.plumbline'), { recursive: true })
  return project
}

describe('the memory that a release before kept for all environments', () => {
  it('becomes that of the default one at the first run, once, and a line says so', async () => {
    const project = await projectOfBefore()
    const { code, stdout, stderr } = await project.run('plan')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Plan: 1 unchanged.\n' })
    expect(stderr).toContain(
      `${project.folder}/.plumbline/inventory.db was moved to ${project.folder}/.plumbline/dev/inventory.db`,
    )
    expect(stderr).toContain(`${project.folder}/.plumbline/data was moved to ${project.folder}/.plumbline/dev/data`)
    expect(await project.run('plan', '--quiet')).toEqual({ code: 0, stdout: 'Plan: 1 unchanged.\n', stderr: '' })
  })

  it('leaves its data under the name that documents and services know', async () => {
    const project = await projectOfBefore()
    await project.run('plan')
    const old = join(project.folder, '.plumbline/data')
    expect((await lstat(old)).isSymbolicLink()).toBe(true)
    expect(await readFile(join(old, 'admin.key'), 'utf8')).toBe(
      await readFile(join(project.folder, '.plumbline/dev/data/admin.key'), 'utf8'),
    )
  })

  it('is not taken by another environment, which says how to get it', async () => {
    const project = await projectOfBefore()
    const { stderr } = await project.run('plan', '-e', 'prod')
    expect(stderr).toContain('This environment has no memory yet.')
    const [, from = '', to = ''] = /plumbline inventory copy (\S+) (\S+)/.exec(stderr) ?? []
    await rm(to)
    expect(await project.run('inventory', 'copy', from, to)).toMatchObject({ code: 0, stdout: 'Copied 1 objects.\n' })
    expect(existsSync(from)).toBe(true)
    const copy = FileInventory.open(to, 'read')
    expect([...copy.entries.keys()]).toEqual(['Tenant/web'])
    await copy.close()
  })

  it('stays where it is in a project without environments', async () => {
    const project = await projectOfBefore()
    await project.write('plumbline.yaml', ENVIRONMENTS.replace(/defaultEnvironment[\s\S]*/, ''))
    expect(await project.run('plan', '--quiet')).toEqual({ code: 0, stdout: 'Plan: 1 unchanged.\n', stderr: '' })
  })

  it('is whole in one place or the other, whenever the move is killed', async () => {
    const project = await projectOfBefore()
    const at = (name: string) => join(project.folder, '.plumbline', name)
    const memory = {
      inventory: at('dev/inventory.db'),
      runtime: { store: at('dev/data'), dataFolder: at('dev/data') },
      before: { inventory: at('inventory.db'), dataFolder: at('data'), heir: true as const },
    }
    for (let step = 1; step <= 12; step++) {
      await rm(at(''), { recursive: true })
      await cp(SAMPLE, at(''), { recursive: true })
      await killedAtChange(step, memory)
      bringOver(memory)
      const inventory = FileInventory.open(memory.inventory, 'read')
      expect([...inventory.entries.keys()]).toEqual(['Tenant/web'])
      await inventory.close()
      expect(existsSync(at('data/admin.key'))).toBe(true)
      expect(existsSync(at('dev/data/admin.key'))).toBe(true)
    }
  })
})

/** Runs the move in a process that ends by SIGKILL just before its `step`th change of names. */
async function killedAtChange(step: number, memory: Parameters<typeof bringOver>[0]): Promise<void> {
  const module = JSON.stringify(join(import.meta.dirname, '../../reconciler/bring-over.ts'))
  const program = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    let left = ${step}
    for (const name of ['renameSync', 'symlinkSync', 'mkdirSync', 'rmSync']) {
      const real = fs[name]
      fs[name] = (...args) => {
        if (--left === 0) process.kill(process.pid, 'SIGKILL')
        return real(...args)
      }
    }
    syncBuiltinESMExports()
    const { bringOver } = await import(${module})
    bringOver(${JSON.stringify(memory)})`
  await once(spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]), 'close')
}
