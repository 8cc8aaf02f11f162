// @ts-check
/** Broken records, planted so that problem records show. `expected.json` counts them; none is in the truth. */

/** By stream: lines for text files with the place they stand in, records for JSON. */
export const PLANTED = {
  /** @type {readonly [number, string][]} */
  crm_contacts: [
    // A day that is none; no key; a column too many.
    [
      1200,
      '90001,Mr.,Ben,Ashford,ben.ashford@mail.example,,,,,,,GB,1970-02-31,,,2025-03-01T09:00:00Z',
    ],
    [4800, ',Ms.,Nora,Quill,nora.quill@mail.example,,,,,,,GB,,,,2025-03-01T09:00:00Z'],
    [
      7300,
      '90003,Mr.,Tom,Lake,tom.lake@mail.example,,,"1 High Street",Leeds,England,LS1,GB,,,,2025-03-01T09:00:00Z,surplus',
    ],
  ],
  /** @type {readonly [number, string][]} */
  loyalty_members: [
    // A date nobody can read.
    [
      2500,
      '90004;LC-00000-00001;Ada;Moor;ada.moor@mail.example;;;York;YO1;GB;Gold;sometime in May;2025-03-01T09:00:00Z',
    ],
  ],
  /** @type {readonly [number, string][]} */
  store_orders: [
    // An amount that is none; a date that is none.
    [9000, '999001,,Sale,United Kingdom,GBP,n/a,1,1,2025-03-01T09:00:00Z'],
    [18_000, '999002,,Sale,United Kingdom,GBP,12.50,1,1,2025-13-01T09:00:00Z'],
  ],
  support_tickets: [
    // No key; no time.
    {
      ticket_id: null,
      subject: 'Lost in the post',
      status: 'Closed',
      created_at: '2025-03-01T09:00:00Z',
    },
    {
      ticket_id: 99_002,
      subject: 'When?',
      status: 'Closed',
      requester: { email: 'x@mail.example' },
      created_at: null,
    },
  ],
  /** @type {readonly [number, string][]} */
  web_events: [
    // Not JSON, twice; a time that is none; no key.
    [1500, '{"event_id":"E-cut","channel":"web","action":"View","occurred_at":"2025-03-01T09:0'],
    [30_000, 'event_id=E-form&channel=web&action=View'],
    [
      45_000,
      '{"event_id":"E-time","channel":"web","action":"View","occurred_at":"yesterday","email":"x@mail.example"}',
    ],
    [
      60_000,
      '{"channel":"web","action":"View","occurred_at":"2025-03-01T09:00:00Z","email":"x@mail.example"}',
    ],
  ],
}
