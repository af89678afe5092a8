import type { Address, Outcome, Step } from './model.ts'

/** What is done with the steps of a plan. */
export interface StepWork {
  /** The outcome of a step that takes no time; `unmet` is a step that it needs and that was not done. */
  readonly atOnce: (step: Step, unmet: Step | undefined) => Outcome | undefined
  /** Never rejects. */
  readonly perform: (step: Step) => Promise<Outcome>
  /** Steps of a connection that may be performed at a time; asked once, before the first of them. Never rejects. */
  readonly parallelOf: (connection: string) => Promise<number>
}

/** Steps that are performed at a time, over all connections. */
export const PARALLEL_STEPS = 8

/** First in, first out, in constant time. */
class Queue {
  readonly #items: number[] = []
  #head = 0

  push(item: number): void {
    this.#items.push(item)
  }

  shift(): number | undefined {
    return this.#head < this.#items.length ? this.#items[this.#head++] : undefined
  }
}

/** The steps of one connection. It has no room until the connection is open. */
interface Lane {
  room: number
  readonly waiting: Queue
}

/**
 * Yields the outcome of every step, each step begun after those that it needs. Steps are numbered by their place in the
 * plan, and each is touched once per need: time and memory grow with steps and needs alone. A step needs only such as
 * come before it in the plan. Nothing more is begun than is asked for.
 */
export async function* inOrder(steps: readonly Step[], work: StepWork): AsyncGenerator<Outcome> {
  const schedule = new Schedule(steps, work)
  for (let left = steps.length; left > 0; left--) yield schedule.now() ?? (await schedule.next())
}

class Schedule {
  readonly #steps: readonly Step[]
  readonly #work: StepWork
  readonly #needs: readonly (readonly number[])[]
  readonly #users: readonly (readonly number[] | undefined)[]
  /** Needs of each step that have no outcome yet. */
  readonly #open: Int32Array
  readonly #done: Uint8Array
  readonly #ready = new Queue()
  /** Ready as well, with room in their lane held for them. */
  readonly #admitted = new Queue()
  readonly #lanes = new Map<string, Lane>()
  readonly #finished: Outcome[] = []
  #performing = 0
  #wake: () => void = () => {}

  constructor(steps: readonly Step[], work: StepWork) {
    this.#steps = steps
    this.#work = work
    this.#needs = needsByNumber(steps)
    this.#users = usersOf(this.#needs)
    this.#open = Int32Array.from(this.#needs, (needs) => needs.length)
    this.#done = new Uint8Array(steps.length)
    for (let i = 0; i < steps.length; i++) if (this.#open[i] === 0) this.#ready.push(i)
  }

  /** Begins what there is room for; returns an outcome when there is one already. */
  now(): Outcome | undefined {
    while (this.#finished.length === 0 && this.#performing < PARALLEL_STEPS) {
      const admitted = this.#admitted.shift()
      const i = admitted ?? this.#ready.shift()
      if (i === undefined) break
      if (admitted === undefined) this.#begin(i)
      else this.#perform(i)
    }
    return this.#finished.shift()
  }

  async next(): Promise<Outcome> {
    for (;;) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
      const outcome = this.now()
      if (outcome !== undefined) return outcome
    }
  }

  #begin(i: number): void {
    const step = this.#step(i)
    const outcome = this.#work.atOnce(step, this.#unmet(i))
    if (outcome !== undefined) this.#end(i, outcome)
    else this.#enter(this.#lane(step.connection), i)
  }

  #enter(lane: Lane, i: number): void {
    if (lane.room === 0) lane.waiting.push(i)
    else {
      lane.room -= 1
      this.#perform(i)
    }
  }

  #unmet(i: number): Step | undefined {
    const need = this.#needs[i]?.find((n) => this.#done[n] === 0)
    return need === undefined ? undefined : this.#step(need)
  }

  #perform(i: number): void {
    const step = this.#step(i)
    this.#performing += 1
    void this.#work.perform(step).then((outcome) => {
      this.#performing -= 1
      this.#free(this.#lane(step.connection))
      this.#end(i, outcome)
      this.#wake()
    })
  }

  #end(i: number, outcome: Outcome): void {
    this.#done[i] = outcome.status === 'done' ? 1 : 0
    this.#finished.push(outcome)
    for (const user of this.#users[i] ?? []) {
      const open = (this.#open[user] ?? 0) - 1
      this.#open[user] = open
      if (open === 0) this.#ready.push(user)
    }
  }

  #lane(connection: string): Lane {
    const found = this.#lanes.get(connection)
    if (found !== undefined) return found
    const lane: Lane = { room: 0, waiting: new Queue() }
    this.#lanes.set(connection, lane)
    void this.#work.parallelOf(connection).then((room) => {
      for (let n = 0; n < room; n++) this.#free(lane)
      this.#wake()
    })
    return lane
  }

  /** Room for one step goes to the one that has waited longest. */
  #free(lane: Lane): void {
    const next = lane.waiting.shift()
    if (next === undefined) lane.room += 1
    else this.#admitted.push(next)
  }

  #step(i: number): Step {
    return this.#steps[i] as Step
  }
}

const NONE: readonly number[] = []

/** What each step needs, by number: the steps before it that have one of the addresses. */
function needsByNumber(steps: readonly Step[]): readonly (readonly number[])[] {
  const numbers = new Map<Address, number>()
  return steps.map((step, i) => {
    const needs = step.needs.length === 0 ? NONE : step.needs.flatMap((address) => numbers.get(address) ?? [])
    numbers.set(step.address, i)
    return needs
  })
}

function usersOf(needs: readonly (readonly number[])[]): readonly (readonly number[] | undefined)[] {
  const users: (number[] | undefined)[] = new Array(needs.length).fill(undefined)
  for (const [user, own] of needs.entries()) {
    for (const need of own) {
      const known = users[need]
      if (known === undefined) users[need] = [user]
      else known.push(user)
    }
  }
  return users
}
