#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`plumbline needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else {
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('../cli/main.ts')
  await main(process.argv.slice(2))
}
