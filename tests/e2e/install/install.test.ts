import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT } from '../../support/engine.ts'
import { Installed } from './installed.ts'

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'))

const PROGRAM = `import { apply, loadProject, type Plan, plan, validate } from '@plumbline-dev/plumbline'

const project = loadProject()
const wanted: Plan = await plan(project)
const outcomes = await apply(project, { expect: wanted.digest, onOutcome: ({ step }) => step.address satisfies string })
console.log(JSON.stringify([validate().length, wanted.steps.map((s) => s.action), outcomes.map((o) => o.status)]))
`

/** What a process of an older Node.js would be told, by a module that is loaded before. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})`

describe('the packages, installed where nothing else is', () => {
  let here: Installed
  beforeAll(async () => {
    here = await Installed.create()
    expect(await here.plumbline('init', '--organization', 'acme', '--display-name', 'Acme', '--pulumi')).toMatchObject({
      code: 0,
    })
  }, ENGINE_TIMEOUT)
  afterAll(() => here.remove())

  it('the command line takes a new project to a plan with nothing left to do', async () => {
    expect(await here.plumbline('validate')).toMatchObject({ code: 0 })
    expect((await here.plumbline('apply', '--yes')).stdout).toContain('✓ Client/acme-app  created')
    expect(await here.plumbline('plan')).toMatchObject({ code: 0, stdout: 'Plan: 6 unchanged.\n' })
  })

  it('is found by the name of its package, which nobody else has', async () => {
    expect(await here.run('npx', '@plumbline-dev/cli', '--version')).toMatchObject({ code: 0, stdout: `${VERSION}\n` })
  })

  it('a program loads, validates, plans and applies, by types that the compiler accepts', async () => {
    await writeFile(join(here.folder, 'program.mts'), PROGRAM)
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
    const types = ['--typeRoots', resolve('node_modules/@types'), '--ignoreConfig']
    await promisify(execFile)('npx', ['--no', '--', 'tsc', ...options, ...types, join(here.folder, 'program.mts')])
    const { stdout } = await here.node('program.mts')
    expect(JSON.parse(stdout)).toEqual([2, Array(6).fill('none'), Array(6).fill('done')])
  })

  it(
    '`pulumi up` brings another environment about, and a preview then finds nothing to do',
    async () => {
      await here.pulumi('stack', 'init', 'production')
      await here.pulumi('config', 'set', 'plumbline:environment', 'production')
      expect(await here.pulumi('up', '--yes', '--skip-preview')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/count *: 6/),
      })
      expect(await here.pulumi('preview', '--refresh', '--expect-no-changes')).toMatchObject({ code: 0 })
    },
    ENGINE_TIMEOUT,
  )

  it('says in one sentence that Node.js is too old, and loads nothing else', async () => {
    const command = 'node_modules/@plumbline-dev/cli/dist/plumbline.mjs'
    expect(await here.node('--import', OLD_NODE, command, 'plan')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'plumbline needs Node.js 22.19 or newer; this is 20.1.0.\n',
    })
  })

  it.each(['cli', 'plumbline', 'pulumi'])(
    '@plumbline-dev/%s brings its licence, a readme and those of what is in it',
    async (name) => {
      const folder = join(here.folder, 'node_modules/@plumbline-dev', name)
      expect(await readdir(folder)).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
      expect(await readFile(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')).toContain('MIT')
    },
  )

  it('the first lines of the README lead from nothing to an empty plan', async () => {
    const [, block = ''] = /^## Quick start$[^`]*```\n(.*?)```/ms.exec(await readFile('README.md', 'utf8')) ?? []
    const { codes, output } = await here.typed(block.trim().split('\n'))
    expect({ codes, output }).toMatchObject({ codes: [0, 0, 2, 0, 0] })
    expect(output).toContain('Plan: 6 to create.')
    expect(output).toMatch(/Plan: 6 unchanged\.\ncode 0\n$/)
  })
})
