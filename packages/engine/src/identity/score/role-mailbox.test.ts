import { expect, it } from 'vitest'
import { isRoleMailbox } from './role-mailbox.ts'

it('tells mailboxes of a role from those of a person', () => {
  expect(isRoleMailbox('info@acme.com')).toBe(true)
  expect(isRoleMailbox('support@acme.com')).toBe(true)
  expect(isRoleMailbox('infosinger@acme.com')).toBe(false)
  expect(isRoleMailbox('info')).toBe(false)
})
