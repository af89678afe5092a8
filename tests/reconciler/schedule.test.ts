import { describe, expect, it } from 'vitest'
import type { Outcome, Step } from '../../reconciler/model.ts'
import { inOrder, PARALLEL_STEPS, type StepWork } from '../../reconciler/schedule.ts'

const step = (address: string, needs: readonly string[] = [], connection = 'vault'): Step => ({
  action: 'update',
  address,
  kind: 'Tenant',
  connection,
  key: address,
  changes: [],
  needs,
})

/** Work that counts what is in flight, and ends each step when it is told to. */
class Bench implements StepWork {
  readonly begun: string[] = []
  readonly inFlight = new Map<string, (outcome: Outcome) => void>()
  most = 0
  room = PARALLEL_STEPS

  atOnce: StepWork['atOnce'] = (step, unmet) => (unmet ? { step, status: 'skipped' } : undefined)
  parallelOf: StepWork['parallelOf'] = async () => this.room
  perform: StepWork['perform'] = (step) =>
    new Promise((done) => {
      this.begun.push(step.address)
      this.inFlight.set(step.address, done)
      this.most = Math.max(this.most, this.inFlight.size)
    })

  end(step: Step, status: Outcome['status'] = 'done'): void {
    this.inFlight.get(step.address)?.({ step, status })
    this.inFlight.delete(step.address)
  }
}

/** Work that is done in the next turn. */
class Quick extends Bench {
  override perform: StepWork['perform'] = async (step) => {
    this.begun.push(step.address)
    this.inFlight.set(step.address, () => {})
    this.most = Math.max(this.most, this.inFlight.size)
    await Promise.resolve()
    this.inFlight.delete(step.address)
    return { step, status: 'done' }
  }
}

/** Lets everything happen that can. */
const turns = () => new Promise((resolve) => setImmediate(resolve))

async function all(steps: readonly Step[], work: StepWork): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for await (const outcome of inOrder(steps, work)) outcomes.push(outcome)
  return outcomes
}

const MANY = 100_000
const numbers = Array.from({ length: MANY }, (_, i) => i)

describe('a plan of 100,000 steps', () => {
  it('that need nothing has a bounded number of them in flight', async () => {
    const work = new Quick()
    expect(
      await all(
        numbers.map((i) => step(`Tenant/${i}`)),
        work,
      ),
    ).toHaveLength(MANY)
    expect(work.most).toBe(PARALLEL_STEPS)
  })

  it('in one chain is done from its first link to its last', async () => {
    const work = new Quick()
    const chain = numbers.map((i) => step(`Tenant/${i}`, i === 0 ? [] : [`Tenant/${i - 1}`]))
    expect((await all(chain, work)).map((o) => o.step)).toEqual(chain)
    expect(work.most).toBe(1)
  })

  it('that all need the first one waits for it, and looks at each of them once', async () => {
    const work = new Quick()
    const looks: string[] = []
    work.atOnce = ({ address }) => void looks.push(address)
    const wide = numbers.map((i) => step(`Tenant/${i}`, i === 0 ? [] : ['Tenant/0']))
    await all(wide, work)
    expect(work.begun[0]).toBe('Tenant/0')
    expect(looks).toHaveLength(MANY)
  })

  it('behind one that fails skips the rest of the chain', async () => {
    const work = new Quick()
    work.perform = async (step) => ({ step, status: 'failed' })
    const chain = numbers.map((i) => step(`Tenant/${i}`, i === 0 ? [] : [`Tenant/${i - 1}`]))
    const counts = Map.groupBy(await all(chain, work), (o) => o.status)
    expect([counts.get('failed')?.length, counts.get('skipped')?.length]).toEqual([1, MANY - 1])
  })

  it('that take no time needs neither a connection nor a promise for each', async () => {
    const work = new Quick()
    work.atOnce = (step) => ({ step, status: 'done' })
    work.parallelOf = () => expect.fail('no connection is needed')
    const outcomes = await all(
      numbers.map((i) => step(`Tenant/${i}`)),
      work,
    )
    expect(outcomes.map((o) => o.step.address)).toEqual(numbers.map((i) => `Tenant/${i}`))
  })
})

describe('one connection', () => {
  it('has no more steps in flight than its system takes, whoever else waits', async () => {
    const work = new Bench()
    work.room = 1
    const [a, b, other] = [step('Tenant/a'), step('Tenant/b'), step('Tenant/other', [], 'second')]
    const done = all([a, b, other], work)
    await turns()
    expect(work.begun).toEqual(['Tenant/a', 'Tenant/other'])
    work.end(a)
    await turns()
    expect(work.begun).toEqual(['Tenant/a', 'Tenant/other', 'Tenant/b'])
    for (const each of [b, other]) work.end(each)
    expect(await done).toHaveLength(3)
  })

  it('that opens slowly holds up nobody else', async () => {
    const work = new Bench()
    const opening = Promise.withResolvers<number>()
    work.parallelOf = (connection) => (connection === 'slow' ? opening.promise : Promise.resolve(1))
    const slow = Array.from({ length: 20 }, (_, i) => step(`Tenant/slow-${i}`, [], 'slow'))
    const done = all([...slow, step('Tenant/quick')], work)
    await turns()
    expect(work.begun).toEqual(['Tenant/quick'])
    work.end(step('Tenant/quick'))
    opening.resolve(2)
    await turns()
    expect(work.begun).toEqual(['Tenant/quick', 'Tenant/slow-0', 'Tenant/slow-1'])
    for (const each of slow) {
      work.end(each)
      await turns()
    }
    expect(await done).toHaveLength(21)
  })

  it('is asked once for its room, before its first step', async () => {
    const work = new Quick()
    const asked: string[] = []
    work.parallelOf = async (connection) => asked.push(connection)
    await all([step('Tenant/a'), step('Tenant/b'), step('Tenant/c', [], 'second')], work)
    expect(asked).toEqual(['vault', 'second'])
  })
})

describe('steps of many connections', () => {
  const spread = Array.from({ length: 20 }, (_, i) => step(`Tenant/${i}`, [], `connection-${i}`))

  it('are in flight together as far as all connections together may', async () => {
    const work = new Quick()
    expect(await all(spread, work)).toHaveLength(20)
    expect(work.most).toBe(PARALLEL_STEPS)
  })

  it('make room for the next one when one ends, and for one only', async () => {
    const work = new Bench()
    const done = all(spread, work)
    await turns()
    expect(work.begun).toHaveLength(PARALLEL_STEPS)
    work.end(spread[0] as Step)
    await turns()
    expect(work.begun).toHaveLength(PARALLEL_STEPS + 1)
    for (const each of spread) {
      work.end(each)
      await turns()
    }
    expect(await done).toHaveLength(20)
  })

  it('of one connection keep its room, one after the other', async () => {
    const work = new Bench()
    work.room = 1
    const [a, b, c] = [step('Tenant/a'), step('Tenant/b', ['Tenant/a']), step('Tenant/c', ['Tenant/a'])]
    const done = all([a, b, c], work)
    for (const [each, begun] of [
      [a, ['Tenant/a']],
      [b, ['Tenant/a', 'Tenant/b']],
      [c, ['Tenant/a', 'Tenant/b', 'Tenant/c']],
    ] as const) {
      await turns()
      expect(work.begun).toEqual(begun)
      work.end(each)
    }
    expect(await done).toHaveLength(3)
  })
})

describe('needs', () => {
  it('of a step that needs two are both met first', async () => {
    const work = new Bench()
    const [a, b, both] = [step('Tenant/a'), step('Tenant/b'), step('Client/c', ['Tenant/a', 'Tenant/b'])]
    const done = all([a, b, both], work)
    await turns()
    work.end(a)
    await turns()
    expect(work.begun).toEqual(['Tenant/a', 'Tenant/b'])
    work.end(b)
    await turns()
    expect(work.begun).toEqual(['Tenant/a', 'Tenant/b', 'Client/c'])
    work.end(both)
    expect(await done).toHaveLength(3)
  })

  it('of a step that is not in the plan do not hold it up', async () => {
    expect(await all([step('Client/portal', ['Tenant/elsewhere'])], new Quick())).toHaveLength(1)
  })

  it('that failed are named, the first one first', async () => {
    const work = new Quick()
    work.perform = async (step) => ({ step, status: 'failed' })
    const unmet: (string | undefined)[] = []
    work.atOnce = (step, missing) => {
      unmet.push(missing?.address)
      return missing && { step, status: 'skipped' }
    }
    await all([step('Tenant/a'), step('Tenant/b'), step('Client/c', ['Tenant/b', 'Tenant/a'])], work)
    expect(unmet).toEqual([undefined, undefined, 'Tenant/b'])
  })

  it('are met again by the last step of an address that has several', async () => {
    const work = new Quick()
    await all([step('Tenant/a'), step('Tenant/a'), step('Client/c', ['Tenant/a'])], work)
    expect(work.begun).toEqual(['Tenant/a', 'Tenant/a', 'Client/c'])
  })
})

describe('a reader that stops asking', () => {
  it('stops the work: nothing more is begun', async () => {
    const work = new Quick()
    for await (const _ of inOrder(
      numbers.map((i) => step(`Tenant/${i}`)),
      work,
    ))
      break
    expect(work.begun.length).toBeLessThanOrEqual(PARALLEL_STEPS)
  })
})
