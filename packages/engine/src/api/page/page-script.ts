import { blocksScript } from './blocks-script.ts'
import { evidenceScript } from './evidence-script.ts'
import { flowScript } from './flow-script.ts'
import { overviewScript } from './overview-script.ts'
import { profileScript } from './profile-script.ts'

const parts = [blocksScript, overviewScript, evidenceScript, profileScript, flowScript]

/** The page's script: plain JavaScript for browsers, without a library, a global or a build step. */
export const pageScript: string = `'use strict';(() => {${parts.join('')}})()`
