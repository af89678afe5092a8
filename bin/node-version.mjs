/** The oldest Node.js that runs Plumbline, as package.json says it under `engines`. */
const OLDEST = [22, 19]

/**
 * Whether this Node.js is new enough; else one sentence says so and the exit code is 1. It imports nothing and uses only
 * what old releases know: whoever starts Plumbline loads it first.
 */
export function nodeIsNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return true
  process.stderr.write(`plumbline needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 1
  return false
}
