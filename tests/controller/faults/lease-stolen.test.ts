import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leaseOf, writeLease } from '../lease.ts'
import { ControllerWorld, type Running } from '../world.ts'
import { recoveryTimes } from './recovery.ts'
import { Storm } from './storm.ts'

/** Short, so that the wait for a lease that nobody renews is; the proportions are the real ones. */
const TIMES = { lease: 6, renew: 4, retry: 0.2 }

describe('a holder whose Lease was written over', () => {
  const recovery = recoveryTimes()
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
  })
  afterAll(() => world.stop())

  const leaderOf = async (...all: readonly Running[]): Promise<Running> => {
    const holder = await world.until('one leads', async () => (await leaseOf(world.kube.admin))?.holderIdentity)
    return all.find((c) => c.identity === holder) as Running
  }

  /** The order in which controllers reached the systems: one after the other, never mixed. */
  const expectInTurn = (first: Running, second: Running): void => {
    const senders = world.sent.map((s) => s.by)
    expect(senders).toContain(second.identity)
    expect(senders.lastIndexOf(first.identity)).toBeLessThan(senders.indexOf(second.identity))
  }

  const steal = async (prefix: string, holder: Running, thief: string): Promise<Storm> => {
    const cluster = await world.namespace()
    await cluster.ready('Connection', 'runtime')
    const storm = new Storm(world, cluster, prefix, 60)
    const applying = storm.apply()
    await storm.isRaging()
    await writeLease(world.kube.admin, { holderIdentity: thief })
    await expect(holder.ended).rejects.toMatchObject({ code: 'CONFLICT' })
    await applying
    return storm
  }

  it('ends its work in the middle, says why, and the next leader does nothing a second time', async () => {
    const holder = world.controller({ times: TIMES })
    await leaderOf(holder)
    const converged = recovery('lease stolen by a stranger, who then does nothing')
    const storm = await steal('strange', holder, 'a-stranger')
    const next = world.controller({ times: TIMES })
    await storm.ready()
    converged()
    await storm.expectUnharmed()
    expectInTurn(holder, next)
    await next.stop()
  })

  it('ends its work before another candidate acts, even one that was written into the Lease', async () => {
    const both = [world.controller({ times: TIMES }), world.controller({ times: TIMES })]
    const holder = await leaderOf(...both)
    const rival = both.find((c) => c !== holder) as Running
    const converged = recovery('lease given to another candidate by hand')
    const storm = await steal('rival', holder, rival.identity)
    await storm.ready()
    converged()
    await storm.expectUnharmed()
    expectInTurn(holder, rival)
  })
})
