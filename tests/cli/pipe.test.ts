import { once } from 'node:events'
import { expect, it } from 'vitest'
import { Project } from './project.ts'

it('is quiet when its reader has seen enough', async () => {
  const project = await Project.create()
  const child = project.start({}, 'crds')
  let complaints = ''
  child.stderr.on('data', (data) => {
    complaints += data
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' })
})
