// Placeholder so that the build links; its owner replaces this file.
export async function initProject(_f: unknown, _d: unknown, _o: { onPreview: (preview: object) => void }): Promise<object> { return await Promise.resolve({}) }
