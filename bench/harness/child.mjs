// @ts-check
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs a program of bench/ to its end in a process of its own; answers the message that it sent.
 * @param {string} program path inside bench/ @param {readonly string[]} args
 * @returns {Promise<any>}
 */
export async function runChild(program, args) {
  const child = fork(fileURLToPath(new URL(`../${program}`, import.meta.url)), args)
  /** @type {unknown} */
  let answer
  child.on('message', message => {
    answer = message
  })
  const [code] = await Promise.all([
    new Promise(resolve => child.once('exit', resolve)),
    // A long answer may come after the end of who sent it.
    new Promise(resolve => child.once('disconnect', resolve)),
  ])
  if (code !== 0 || answer === undefined) throw new Error(`${program} ended with ${code}`)
  return answer
}

/**
 * Starts a program of bench/ that says when it is ready and then serves until it is told to stop.
 * @param {string} program @param {readonly string[]} args
 * @returns {Promise<{ ready: any, pid: number, stop: () => Promise<void> }>}
 */
export async function startChild(program, args) {
  const child = fork(fileURLToPath(new URL(`../${program}`, import.meta.url)), args)
  const ended = new Promise(resolve => child.once('exit', resolve))
  const ready = await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', code => reject(new Error(`${program} ended with ${code}`)))
  })
  return {
    ready,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.connected) child.send('stop')
      await ended
    },
  }
}
