import type { ModelObject } from './catalogue/index.ts'
import { isToKey, personField } from './person-field.ts'
import { branchesOf, type ModelPlan } from './plan.ts'

/** That rows of an object belong to people or accounts, and by which column. */
export interface PartyRelation {
  readonly object: string
  readonly to: 'Individual' | 'Account'
  readonly field: string
  /** The column of the object's view with the dense id of the party. */
  readonly keyColumn: string
  /** When a row happened, if it happened. */
  readonly dateField?: string | undefined
  readonly category: ModelObject['category']
  /** Whether this is the main field by which the object belongs to the party. */
  readonly isMain: boolean
  /** A custom object about a person that follows merges and splits. */
  readonly isExtension: boolean
  readonly isContactPoint: boolean
  /** Whether any stream is mapped to the object. */
  readonly isMapped: boolean
}

/** Every object that relates to Individual or Account directly; a field may relate to both. */
export function relationsOf(plan: ModelPlan): readonly PartyRelation[] {
  return [...plan.catalogue.objects.values()].flatMap(object =>
    object.relationships.flatMap(link => {
      if (link.object !== 'Individual' && link.object !== 'Account') return []
      if (!isToKey(link)) return []
      const isPerson = link.object === 'Individual'
      const isMain = isPerson
        ? personField(object) === link.field
        : mainAccountField(object) === link.field
      return [
        {
          object: object.name,
          to: link.object,
          field: link.field,
          keyColumn: `_p_${link.field}`,
          dateField: object.eventTime,
          category: object.category,
          isMain,
          isExtension: object.isCustom && isPerson && object.category !== 'Engagement',
          isContactPoint: object.isContactPoint || object.name === 'PartyIdentification',
          isMapped: branchesOf(plan, object.name).length > 0,
        },
      ]
    }),
  )
}

function mainAccountField(object: ModelObject): string | undefined {
  const fields = object.relationships
    .filter(link => link.object === 'Account')
    .map(link => link.field)
  return (
    ['AccountId', 'BillToAccountId', 'PartyId'].find(name => fields.includes(name)) ?? fields[0]
  )
}
