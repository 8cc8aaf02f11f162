import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { edgeUnderTest } from '../edge-setup.contract.ts'
import { escaped, pageHtml } from './page-html.ts'
import { pageScript } from './page-script.ts'

async function page(): Promise<{ html: string; policy: string }> {
  const { app } = edgeUnderTest()
  const answer = await app.inject({ url: '/', headers: { host: 'localhost' } })
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(answer.headers['x-frame-options']).toBe('DENY')
  return { html: answer.body, policy: String(answer.headers['content-security-policy']) }
}

const between = (html: string, tag: string): string =>
  html.slice(html.indexOf(`<${tag}>`) + tag.length + 2, html.indexOf(`</${tag}>`))
const hash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

test('the policy lets run what the page brings, and nothing else', async () => {
  const { html, policy } = await page()
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`script-src ${hash(between(html, 'script'))}`)
  expect(policy).toContain(`style-src ${hash(between(html, 'style'))}`)
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
})

test('the page asks for nothing from elsewhere', async () => {
  const { html } = await page()
  const addresses = html.match(/(?:src|href|action)="[^"]*"|url\([^)]*\)|@import/g) ?? []
  expect(addresses.filter(address => !/="(?:#|data:)/.test(address))).toEqual([])
})

test('the script is valid, and has no way to make markup of data', () => {
  expect(() => new Script(pageScript)).not.toThrow()
  expect(pageScript).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|eval\(|Function\(/,
  )
  expect(pageScript).not.toContain('</script')
})

test("the project's name is text", () => {
  expect(escaped(`<b a="1">&'`)).toBe('&#60;b a=&#34;1&#34;&#62;&#38;&#39;')
  const html = pageHtml('<script>alert(1)</script>', '0.1.0')
  expect(html).not.toContain('<script>alert')
})

test('the page holds no data of its own', async () => {
  const { app, engine } = edgeUnderTest()
  await app.inject({ url: '/', headers: { host: 'localhost' } })
  expect(engine.asked).toEqual([])
})
