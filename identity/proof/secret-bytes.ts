import { PlumblineError } from '../../config/errors.ts'

/** Which secrets a login asks for: digits of the PIN, side of the pattern's grid. At least one is there. */
export interface Steps {
  readonly pin?: number
  readonly pattern?: number
}

/** What the person entered. Cells of the pattern count from 0, row by row. */
export interface LoginSecret {
  readonly pin?: string
  readonly pattern?: readonly number[]
}

const PIN_TYPE = 1
const PATTERN_TYPE = 2
export const MIN_CELLS = 4

/**
 * The bytes that are hashed: PIN, then pattern, each as type byte, length byte, ASCII digits or cell indexes. One text for
 * both, so that nobody can search the halves one after the other. Throws REJECTED when the secret does not fit the steps.
 */
export function secretBytes(steps: Steps, secret: LoginSecret): Uint8Array {
  const parts = [...pinPart(steps.pin, secret.pin), ...patternPart(steps.pattern, secret.pattern)]
  if (parts.length === 0) throw misfit('the login asks for neither a PIN nor a pattern')
  return Uint8Array.from(parts)
}

function pinPart(size: number | undefined, pin: string | undefined): readonly number[] {
  if (size === undefined && pin === undefined) return []
  if (size === undefined || pin === undefined || pin.length !== size || !/^[0-9]+$/.test(pin))
    throw misfit(size === undefined ? 'no PIN is asked for' : `the PIN has to be ${size} digits`)
  return [PIN_TYPE, pin.length, ...[...pin].map((digit) => digit.charCodeAt(0))]
}

function patternPart(side: number | undefined, cells: readonly number[] | undefined): readonly number[] {
  if (side === undefined && cells === undefined) return []
  if (side === undefined || cells === undefined || !isPattern(side, cells))
    throw misfit(
      side === undefined
        ? 'no pattern is asked for'
        : `the pattern has to join at least ${MIN_CELLS} cells of a ${side} by ${side} grid, each once, without jumping over a free one`,
    )
  return [PATTERN_TYPE, cells.length, ...cells]
}

/** A line through at least four different cells; a cell between two of them has to be joined before. */
export function isPattern(side: number, cells: readonly number[]): boolean {
  const inside = cells.every((cell) => Number.isInteger(cell) && cell >= 0 && cell < side * side)
  if (!inside || cells.length < MIN_CELLS || new Set(cells).size !== cells.length) return false
  return cells.every((cell, i) => {
    const before = cells.slice(0, i)
    const last = before.at(-1)
    return last === undefined || between(side, last, cell).every((passed) => before.includes(passed))
  })
}

/** Cells of the grid that lie on the straight line between two others. */
export function between(side: number, from: number, to: number): readonly number[] {
  const [x, y] = [from % side, Math.floor(from / side)]
  const [dx, dy] = [(to % side) - x, Math.floor(to / side) - y]
  const steps = greatestCommonDivisor(Math.abs(dx), Math.abs(dy))
  return Array.from({ length: Math.max(steps - 1, 0) }, (_, i) => {
    const share = (i + 1) / steps
    return Math.round(y + dy * share) * side + Math.round(x + dx * share)
  })
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

const misfit = (message: string) => new PlumblineError('REJECTED', message)
