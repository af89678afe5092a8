import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PlumblineError } from '../config/errors.ts'
import type { Documents } from '../config/project/documents.ts'
import { takeLock } from './file-lock.ts'

type Memory = Pick<Documents, 'inventory' | 'runtime' | 'before'>

/**
 * Brings what releases before kept for all environments to where the default one keeps it now. Returns what a person
 * should know. Throws IO while another run uses it.
 */
export function bringOver({ inventory, runtime, before }: Memory): readonly string[] {
  if (before === undefined) return []
  if (!before.heir) return notesForOthers(before.inventory, inventory)
  const moved = [
    before.inventory !== undefined && moveInventory(before.inventory, inventory) && [before.inventory, inventory],
    before.dataFolder !== undefined &&
      moveFolder(before.dataFolder, runtime.dataFolder) && [before.dataFolder, runtime.dataFolder],
  ]
  return moved.flatMap((m) =>
    m === false ? [] : [`Each environment now has its own memory: ${m[0]} was moved to ${m[1]}.`],
  )
}

/** Nobody can tell what an old file holds of an environment that is not the default one. */
function notesForOthers(old: string | undefined, inventory: string): readonly string[] {
  if (old === undefined || !existsSync(old) || existsSync(inventory)) return []
  return [
    `This environment has no memory yet. If ${old}, of an earlier release, is its: plumbline inventory copy ${old} ${inventory}`,
  ]
}

/**
 * Moves an inventory file to another place, once: whole there or still here, whatever happens in between. Returns
 * whether it moved. Throws IO while another run uses it.
 */
export function moveInventory(from: string, to: string): boolean {
  if (!existsSync(from) || existsSync(to)) return false
  const lock = takeLock(
    `${from}.lock`,
    'another run is writing to this inventory',
    'Wait until it has ended, then run again.',
  )
  try {
    if (!existsSync(from)) return false
    foldIn(from)
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
    rename(from, to)
    rmSync(`${from}.lock`)
    return true
  } finally {
    lock.close()
  }
}

/** Puts what lies in the write-ahead log into the file itself, and ends the log: a file that is moved leaves it behind. */
function foldIn(path: string): void {
  const database = new DatabaseSync(path)
  try {
    const mode = database.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode
    if (mode !== 'delete') throw new Error(`the journal is still ${String(mode)}`)
  } catch (cause) {
    throw new PlumblineError('IO', `${path} is in use by another run`, {
      cause,
      help: 'Wait until it has ended, then run again.',
    })
  } finally {
    database.close()
  }
}

/**
 * Moves a folder, once, and leaves a link in its place for who knows it under that name: documents that name a file in
 * it, a service that has it open. Returns whether it moved.
 */
export function moveFolder(from: string, to: string): boolean {
  const link = `${from}.moved`
  if (!isFolder(from)) {
    // A run that was killed between the two steps has left the link beside its place.
    if (isThere(link) && !isThere(from)) renameSync(link, from)
    return false
  }
  if (existsSync(to)) return false
  const lock = takeLock(`${from}.lock`, `another run is moving ${from}`, 'Run again.')
  try {
    if (!isFolder(from)) return false
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
    rmSync(link, { force: true })
    symlinkSync(relative(dirname(from), to), link)
    rename(from, to)
    renameSync(link, from)
    return true
  } finally {
    rmSync(`${from}.lock`, { force: true })
    lock.close()
  }
}

/** Documents of releases before name the keys of the default environment by a path without its name: it goes on leading there. */
export function keepOldName({ runtime, before }: Memory): void {
  if (before?.heir === undefined || before.dataFolder === undefined || isThere(before.dataFolder)) return
  mkdirSync(dirname(before.dataFolder), { recursive: true, mode: 0o700 })
  symlinkSync(relative(dirname(before.dataFolder), runtime.dataFolder), before.dataFolder)
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined
const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function rename(from: string, to: string): void {
  renameSync(from, to)
  for (const folder of [dirname(to), dirname(from)]) sync(folder)
}

function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
