import { MainstemError } from '@mainstem/contracts'

/** The other process cannot be asked: gone, going, or not answering. */
export function away(why: string, cause?: unknown): MainstemError {
  return new MainstemError(
    'ENGINE_AWAY',
    `The other process of this store cannot be asked: ${why}.`,
    { fix: 'Try again in a moment.' },
    cause,
  )
}

/** What came is not what this protocol says; the connection is closed with this as its reason. */
export function notAFrame(why: string): MainstemError {
  return new MainstemError('ENGINE_AWAY', `The other process sent what is no frame: ${why}.`, {
    fix: 'Run the same version of Mainstem in all processes of one store.',
  })
}

/** A message is over the limit, and was not sent. */
export function frameTooLarge(frameBytesMax: number): MainstemError {
  return new MainstemError(
    'BODY_TOO_LARGE',
    `A message between processes is over rpc.frameBytesMax (${frameBytesMax} bytes).`,
    {
      limit: 'rpc.frameBytesMax',
      value: frameBytesMax,
      fix: 'Ask for less at once, or raise the limit.',
    },
  )
}

/** The name of the method is not known here. */
export function noSuchMethod(method: string): MainstemError {
  return new MainstemError('USAGE', `No method is named "${method}".`, {
    method,
    fix: 'Run the same version of Mainstem in all processes of one store.',
  })
}
