/**
 * What is wrong with a path that must stay inside the project, as the end of a sentence, or
 * undefined where nothing is. Absolute paths, `..` and URLs are refused: a project can then be
 * copied, and one from a stranger reads and writes nothing of yours. Data kept elsewhere comes in
 * by a symbolic link, which only you can make.
 */
export function pathFault(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) return 'holds a control character'
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return 'is a URL'
  if (/^([\\/~]|[a-z]:)/i.test(path)) return 'is not relative to the project'
  if (path.split(/[\\/]/).includes('..')) return 'leaves the project with ".."'
  return undefined
}
