#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`plumbline needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else {
  hushSqliteNotice()
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('../cli/main.ts')
  await main(process.argv.slice(2))
}

/** Node 22 announces its SQLite as experimental; that one notice is dropped, every other warning passes. */
function hushSqliteNotice() {
  const emit = process.emitWarning
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emit.call(process, warning, ...rest)
  }
}
