// What the pages refuse as a new PIN or pattern. The server never sees either, so nobody else can.

/** A PIN that people try first: a sequence, repeats, or digits of the user's name. */
export function isWeakPin(pin: string, username: string): boolean {
  const digits = [...pin].map(Number)
  return isSequence(digits) || repeats(pin) || isMirrored(pin) || username.replace(/\D/g, '').includes(pin)
}

/** The same step each time: 123456, 987654, 024680, 111111; 0 comes after 9. */
function isSequence(numbers: readonly number[]): boolean {
  const steps = numbers.slice(1).map((n, i) => (n - (numbers[i] ?? 0) + 10) % 10)
  return steps.every((step) => step === steps[0])
}

/** A shorter part, over and over: 121212, 123123. */
const repeats = (pin: string): boolean =>
  Array.from({ length: Math.floor(pin.length / 2) }, (_, i) => pin.slice(0, i + 1)).some(
    (part) => part.repeat(Math.ceil(pin.length / part.length)).slice(0, pin.length) === pin,
  )

/** There and back: 123321; or pairs in a row: 112233. */
function isMirrored(pin: string): boolean {
  const half = pin.slice(0, Math.floor(pin.length / 2))
  const isBack = pin === [...pin].reverse().join('') && isSequence([...half].map(Number))
  const pairs = pin.match(/(\d)\1/g)
  return isBack || (pairs?.join('') === pin && isSequence(pairs.map((pair) => Number(pair[0]))))
}

type Point = readonly [row: number, column: number]

/** A pattern that runs along at most one bend, or around the edge: an L, a U, a Z along the rows, a line. */
export function isWeakPattern(side: number, cells: readonly number[]): boolean {
  const points = cells.map((cell): Point => [Math.floor(cell / side), cell % side])
  const steps = points.slice(1).map(([row, column], i) => [row - (points[i]?.[0] ?? 0), column - (points[i]?.[1] ?? 0)])
  const turns = steps.slice(1).filter((step, i) => String(step) !== String(steps[i])).length
  const isInOrder = cells.every((cell, i) => i === 0 || cell === (cells[i - 1] ?? 0) + 1)
  const isEdge = points.every(([row, column]) => [row, column].some((at) => at === 0 || at === side - 1))
  const isNextToNext = steps.every((step) => step.every((n) => Math.abs(n) <= 1) && step.includes(0))
  return turns <= 1 || isInOrder || (isEdge && isNextToNext)
}
