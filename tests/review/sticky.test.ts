import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { markerOf, stick } from '../../review/sticky.ts'
import { gitHubWorld, pauses } from '../forge/worlds.ts'

describe('the one comment', () => {
  const marker = markerOf('plumbline.yaml')
  let world: Awaited<ReturnType<typeof gitHubWorld>>
  beforeEach(async () => {
    world = await gitHubWorld('job', pauses())
    await world.open('first')
  })
  afterEach(() => world.close())
  const bodies = () => world.fake.comments.map(({ body }) => body)

  it('is written once, and stays as it is while there is nothing new to say', async () => {
    await stick(world.forge, 1, marker, 'one')
    await stick(world.forge, 1, marker, 'two')
    await stick(world.forge, 1, marker, 'two')
    expect(bodies()).toEqual([`${marker}\ntwo`])
    expect(world.fake.calls.filter((call) => call.startsWith('PATCH'))).toHaveLength(1)
  })

  it('of another project is another one', async () => {
    await stick(world.forge, 1, marker, 'one')
    await stick(world.forge, 1, markerOf('other/plumbline.yaml'), 'two')
    expect(bodies()).toHaveLength(2)
  })

  it('stays one when two jobs have made two at once', async () => {
    for (const body of ['one', 'two'])
      world.fake.comments.push({ id: world.fake.nextId(), pull: 1, author: world.bot, body: `${marker}\n${body}` })
    await stick(world.forge, 1, marker, 'three')
    await stick(world.forge, 1, marker, 'four')
    expect(bodies()).toEqual([`${marker}\nfour`, 'The review is in the comment above.'])
  })

  it('whose answer was lost is looked for before it is told as lost', async () => {
    world.fake.loseNext('POST /repos/{owner}/{repo}/issues')
    await stick(world.forge, 1, marker, 'one')
    expect(bodies()).toEqual([`${marker}\none`])
  })

  it('that never came is told as such', async () => {
    world.fake.faults.push({ of: 'POST /repos/{owner}/{repo}/issues', status: 502 })
    await expect(stick(world.forge, 1, marker, 'one')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })
})
