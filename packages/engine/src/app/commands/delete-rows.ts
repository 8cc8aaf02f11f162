// Placeholder so that the build links; its owner replaces this file.
export async function deleteRows(..._: unknown[]): Promise<object> { return await Promise.resolve({}) }
