/**
 * A little of everything: five streams of different modes, phones, a fuzzy rule, people known by an
 * e-mail alone, accounts whose ruleset waits for its run, insights, a segment and a file activation.
 * Each stream has a row that nothing is made from; its `note` is "inert".
 */
export const SMALL_PROJECT: Readonly<Record<string, string>> = {
  'mainstem.yaml': 'name: small\nregion: FR\n',
  'data/crm.csv': `contact_id,kind,first_name,last_name,email,mobile,city,updated_at,note
1,person,Robert,Stone,bob@example.com,06 12 34 56 78,Lyon,2024-01-01T00:00:00Z,
2,person,Bob,Stone,,,Lyon,2024-02-01T00:00:00Z,
3,person,Ann,Lee,ann@example.com,0612345679,Paris,2024-01-01T00:00:00Z,
4,person,Anna,Lee,ann.lee@example.com,,Nice,2024-01-05T00:00:00Z,
5,person,Carl,May,carl@example.com,+33 6 99 88 77 66,Nice,2024-01-05T00:00:00Z,
6,test,Zed,Zero,zed@example.com,,Nice,2024-01-05T00:00:00Z,inert
7,person,Bad,Date,bad@example.com,,Nice,yesterday,
`,
  'data/orders.csv': `order_id,customer_id,amount,ordered_at,note
o1,1,100.10,2024-03-01T10:00:00Z,
o2,1,50.20,2024-03-02T10:00:00Z,
o3,3,70.00,2024-03-03T10:00:00Z,
o4,5,10.00,2024-03-04T10:00:00Z,
o5,,1.00,2024-03-05T10:00:00Z,inert
o6,5,3.00,2024-03-06T10:00:00Z,
`,
  'data/visits.csv': `contact_id,page,note
1,/home,
3,/home,
8,/nowhere,inert
`,
  'data/accounts.csv': `account_id,kind,name,vat,note
a1,company,Acme,FR1,
a2,company,Acme Ltd,FR1,
a3,company,Other,FR2,
a4,test,Nobody,FR9,inert
`,
  'streams/crm.yaml': `
name: crm
connector: { type: File, path: data/crm.csv }
category: Profile
primaryKey: contact_id
recordModified: updated_at
keyQualifier: crm
fields: { contact_id: Text, kind: Text, first_name: Text, last_name: Text, email: Email, mobile: Phone, city: Text, updated_at: DateTime, note: Text }
`,
  'streams/orders.yaml': `
name: orders
connector: { type: File, path: data/orders.csv }
category: Other
primaryKey: order_id
keyQualifier: crm
fields: { order_id: Text, customer_id: Text, amount: Currency, ordered_at: DateTime, note: Text }
`,
  'streams/visits.yaml': `
name: visits
connector: { type: File, path: "data/visits*.csv" }
category: Other
primaryKey: contact_id
refreshMode: APPEND
fields: { contact_id: Text, page: Text, note: Text }
`,
  'streams/accounts.yaml': `
name: accounts
connector: { type: File, path: data/accounts.csv }
category: Profile
primaryKey: account_id
refreshMode: FULL_REFRESH
fields: { account_id: Text, kind: Text, name: Text, vat: Text, note: Text }
`,
  'streams/shop.yaml': `
name: shop
connector: { type: IngestApi, source: shop, object: shop }
category: Profile
primaryKey: customer_id
keyQualifier: shop
fields: { customer_id: Text, kind: Text, first_name: Text, last_name: Text, email: Email, note: Text }
`,
  'streams/events.yaml': `
name: events
connector: { type: IngestApi, source: chat, object: events }
category: Engagement
primaryKey: event_id
eventTime: at
identity: { email: customer_email, phone: customer_phone }
fields: { event_id: Text, at: DateTime, customer_email: Email, customer_phone: Phone, channel: Text, note: Text }
`,
  'mappings/crm.yaml': `
stream: crm
objects:
  - object: Individual
    fields: { Id: contact_id, FirstName: first_name, LastName: last_name, LastModifiedDate: updated_at }
    filter: { field: kind, op: isEqualTo, value: person }
  - { object: ContactPointEmail, fields: { EmailAddress: email }, filter: { field: kind, op: isEqualTo, value: person } }
  - { object: ContactPointPhone, fields: { TelephoneNumber: mobile }, filter: { field: kind, op: isEqualTo, value: person } }
  - { object: ContactPointAddress, fields: { CityName: city }, filter: { field: kind, op: isEqualTo, value: person } }
`,
  'mappings/shop.yaml': `
stream: shop
objects:
  - object: Individual
    fields: { Id: customer_id, FirstName: first_name, LastName: last_name }
    filter: { field: kind, op: isEqualTo, value: person }
  - { object: ContactPointEmail, fields: { EmailAddress: email }, filter: { field: kind, op: isEqualTo, value: person } }
`,
  'mappings/orders.yaml': `
stream: orders
objects:
  - object: SalesOrder
    fields: { Id: order_id, SoldToCustomerId: customer_id, TotalAmount: amount, PurchaseOrderDate: ordered_at }
    constants: { CurrencyCode: EUR }
`,
  'mappings/events.yaml': `
stream: events
objects:
  - { object: MessageEngagement, fields: { Id: event_id, EngagementDateTm: at, EngagementChannelId: channel } }
`,
  'mappings/accounts.yaml': `
stream: accounts
objects:
  - { object: Account, fields: { Id: account_id, Name: name }, filter: { field: kind, op: isEqualTo, value: company } }
  - object: PartyIdentification
    fields: { IdentificationNumber: vat }
    constants: { Name: VAT, PartyIdentificationTypeId: Tax }
    filter: { field: kind, op: isEqualTo, value: company }
`,
  'rulesets/people.yaml': `
label: People
configurationType: Individual
matchRules:
  - { label: Email, criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED }] }
  - { label: Phone, criteria: [{ entityName: ContactPointPhone, fieldName: FormattedE164PhoneNumber, matchMethodType: EXACT_NORMALIZED }] }
  - label: Name and city
    criteria:
      - { entityName: Individual, fieldName: FirstName, matchMethodType: FUZZY }
      - { entityName: Individual, fieldName: LastName, matchMethodType: EXACT }
      - { entityName: ContactPointAddress, fieldName: CityName, matchMethodType: EXACT }
`,
  'rulesets/accounts.yaml': `
label: Accounts
configurationType: Account
refresh: onDemand
matchRules:
  - label: VAT
    criteria:
      - { entityName: PartyIdentification, fieldName: IdentificationNumber, matchMethodType: EXACT, partyIdentificationInfo: { partyName: VAT, partyType: Tax } }
`,
  'insights/lifetime_value.yaml': `
apiName: lifetime_value
expression: |
  SELECT UnifiedIndividual.Id, SUM(SalesOrder.TotalAmount) AS lifetime_value, COUNT(SalesOrder.Id) AS total_orders
  FROM UnifiedIndividual
  JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
  JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
  GROUP BY UnifiedIndividual.Id
`,
  'insights/sales.yaml': `
apiName: sales
expression: |
  SELECT SalesOrder.CurrencyCode AS currency, SUM(SalesOrder.TotalAmount) AS total
  FROM SalesOrder WHERE SalesOrder.CustomerId IS NOT NULL GROUP BY SalesOrder.CurrencyCode
`,
  'segments/spenders.yaml': `
developerName: spenders
segmentOn: UnifiedIndividual
include: { all: [{ attribute: lifetime_value.lifetime_value, op: isGreaterThan, value: 5 }] }
`,
  'targets/files.yaml': 'name: files\nplatformType: File\npath: out\nformat: CSV\n',
  'activations/letter.yaml': `
name: letter
segment: spenders
target: files
contactPoint: { type: Email }
consent: { none: a test }
attributes: [FirstName, LastName]
`,
}
