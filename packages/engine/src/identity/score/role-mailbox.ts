/** Mailboxes that several people of an organisation read: by RFC 2142 and by custom. */
const ROLES = new Set(
  `info contact office mail email admin administrator hello sales support
   service help helpdesk billing accounts accounting invoice orders order
   reception team hr jobs careers marketing press webmaster postmaster
   hostmaster noreply no-reply donotreply enquiries inquiries kontakt
   buero verwaltung contacto contatti bonjour accueil`.split(/\s+/),
)

/** Whether an e-mail address is of a role, such as `info@`: who shares it is not one person. */
export function isRoleMailbox(email: string): boolean {
  return ROLES.has(email.slice(0, Math.max(0, email.indexOf('@'))))
}
