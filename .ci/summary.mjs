// Prints the last line of the gate. Arguments: vitest's JSON report, exit code of the test command.
import { existsSync, readFileSync } from 'node:fs'

const [, , file, status] = process.argv
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined

/** Files that could not even be loaded have no tests of their own. */
const broken = (report?.testResults ?? []).filter(
  (f) => f.status === 'failed' && f.assertionResults.length === 0,
).length

// No report: installation or the static checks failed, so no test has run.
const passed = report === undefined ? 0 : report.numPassedTests + 1
const failed = report === undefined ? 1 : report.numFailedTests + broken
// A run that fails for another reason, e.g. an error outside of any test, must not look green.
process.stdout.write(`${passed} passed, ${status === '0' ? failed : Math.max(1, failed)} failed\n`)
