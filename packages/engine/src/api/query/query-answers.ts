import type { AnswerSpec } from '../route-spec.ts'

/** What a query answers, by status: the Query API's version 2, rows as arrays. */
export const QUERY_ANSWERS: Readonly<Record<string, AnswerSpec>> = {
  200: {
    description: 'A page of rows.',
    schema: {
      type: 'object',
      required: ['data', 'done', 'metadata', 'rowCount', 'queryId', 'startTime', 'endTime'],
      properties: {
        data: {
          type: 'array',
          items: { type: 'array', items: {} },
          description: 'Rows; values stand in the order of placeInOrder. Decimals are text.',
        },
        metadata: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['type', 'placeInOrder', 'typeCode'],
            properties: {
              type: { type: 'string', example: 'VARCHAR' },
              placeInOrder: { type: 'integer' },
              typeCode: { type: 'integer', description: 'As in java.sql.Types.' },
            },
          },
        },
        rowCount: { type: 'integer', description: 'Rows in this page.' },
        queryId: { type: 'string' },
        nextBatchId: { type: 'string', description: 'Names the next page; empty on the last.' },
        done: { type: 'boolean' },
        startTime: { type: 'string', format: 'date-time' },
        endTime: { type: 'string', format: 'date-time' },
      },
    },
  },
  400: { description: 'The statement can not be read or uses what is not allowed.' },
  404: { description: 'No such data space or page of rows.' },
  408: { description: 'The statement went over a limit.' },
  429: { description: 'Too many requests at once.' },
  503: { description: 'The engine is starting again; try after Retry-After seconds.' },
}
