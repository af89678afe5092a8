import { checkProject } from '../config/project/project.ts'
import { mixedProject } from './documents.ts'
import { kubeconform } from './kubeconform.ts'
import { peakMiB, report, timed, timedCommand } from './measure.ts'
import { PLUMBLINE } from './plumbline.ts'

const DOCUMENTS = 10_000
/** Both programs in turns: on a machine whose speed changes only such shares can be trusted. */
const TURNS = 3

/** Loads and validates documents of every kind in this process. */
async function inProcess(folder: string) {
  const { result, seconds, cpuSeconds } = await timed(() => checkProject({ cwd: folder }))
  if (result.diagnostics.length > 0) throw new Error(`the documents are wrong: ${result.diagnostics[0]?.message}`)
  return { documents: result.resources.length, seconds, cpuSeconds, peakMiB: peakMiB() }
}

/** The whole command beside kubeconform, which checks JSON Schema alone, on the same files: the least processor time of each. */
async function commands(folder: string) {
  const peer = await kubeconform()
  const [ours, theirs]: [number[], number[]] = [[], []]
  try {
    for (let turn = 0; turn < TURNS; turn += 1) {
      ours.push((await timedCommand(process.execPath, [...PLUMBLINE, 'validate'], folder)).cpuSeconds)
      theirs.push((await timedCommand(peer.command, [...peer.args, 'documents'], folder)).cpuSeconds)
    }
  } finally {
    peer.remove()
  }
  const [commandCpuSeconds, kubeconformCpuSeconds] = [Math.min(...ours), Math.min(...theirs)]
  return { commandCpuSeconds, kubeconformCpuSeconds, ratio: commandCpuSeconds / kubeconformCpuSeconds }
}

const project = mixedProject(DOCUMENTS)
try {
  report({ ...(await inProcess(project.folder)), ...(await commands(project.folder)) })
} finally {
  project.remove()
}
