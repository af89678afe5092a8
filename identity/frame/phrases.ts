// Words that the server and the scripts of the pages make in the same way.

const MINUTE = 60
const HOUR = 60 * MINUTE

/** A time to wait, in the unit that fits, rounded up. */
export function waitText(lang: string, seconds: number): string {
  const [unit, size] = unitFor(seconds)
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(lang, style).format(Math.ceil((seconds || 1) / size))
}

function unitFor(seconds: number): readonly [unit: 'hour' | 'minute' | 'second', size: number] {
  if (seconds >= 2 * HOUR) return ['hour', HOUR]
  return seconds > MINUTE ? ['minute', MINUTE] : ['second', 1]
}

/** A moment in words, to the minute, with the zone that it is in. */
export const momentText = (lang: string, date: string): string =>
  new Intl.DateTimeFormat(lang, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(new Date(date))
