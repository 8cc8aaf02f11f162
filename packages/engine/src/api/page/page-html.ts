import { createHash } from 'node:crypto'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'

/**
 * The page's policy: nothing from elsewhere, only this style and this script, no frames, no forms.
 * Both are named by their hashes, so that a value which slipped in as markup could not run.
 */
export const pagePolicy: string = [
  "default-src 'none'",
  `style-src '${hashOf(pageStyle)}'`,
  `script-src '${hashOf(pageScript)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page without any data: its script asks for that and writes it as text, never as markup. */
export function pageHtml(project: string, version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(project)} · Mainstem</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#view">Skip to content</a>
<header class="top">
  <div class="bar">
    <a class="brand" href="#/" aria-label="Mainstem, overview">${MARK}<span>Mainstem</span></a>
    <span class="project">${escaped(project)}</span>
    <search>
      <form id="find" role="search">
        <label class="hidden" for="key">Find a profile</label>
        <input id="key" name="key" type="search" autocomplete="off" spellcheck="false" maxlength="1000"
          placeholder="Unified id, stream/id, e-mail or phone">
        <button type="submit">Find</button>
      </form>
    </search>
    <span class="state" id="state" role="status" data-tone="wait">Connecting</span>
  </div>
</header>
<main id="view" tabindex="-1" aria-live="polite" aria-busy="true">
  <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
  <p class="hidden">Loading</p>
</main>
<footer class="foot"><span>Mainstem ${escaped(version)}</span><span id="asof"></span></footer>
<noscript><p class="note">This page needs JavaScript. The same answers come from
<code>mainstem status</code> and <code>mainstem profile KEY</code>.</p></noscript>
<script>${pageScript}</script>
</body>
</html>
`
}

/** Text for HTML, in content and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`
}

/** Three tributaries and the stem that they join. */
const STROKES =
  '<path d="M4 4c0 7 8 7 8 13v4M20 4c0 7-8 7-8 13M12 3v18" ' +
  'fill="none" stroke-width="2.2" stroke-linecap="round"'
const MARK = `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">${STROKES} stroke="currentColor"/></svg>`
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${STROKES} stroke="#0f766e"/></svg>`
