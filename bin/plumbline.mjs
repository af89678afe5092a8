#!/usr/bin/env node
import { nodeIsNewEnough } from './node-version.mjs'

if (nodeIsNewEnough()) {
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('../cli/main.ts')
  await main(process.argv.slice(2))
}
